"""A catalogue small enough to read at a glance, for tests that need no product around them."""

from contextlib import contextmanager

import pytest

from roles.core.errors import DocumentError
from roles.core.specs import Catalogue, Feature, Module

CATALOGUE = Catalogue(
    [
        Module("contacts", "Contacts", "Sales", ("view", "create", "edit"), has_record_access=True),
        Module("deals", "Deals", "Sales", ("view", "edit", "export"), has_record_access=True),
        Module("forms", "Forms", "Engagement", ("view",)),
        Module("settings", "Settings", "Administration", ("view", "edit"), can_disable=False),
    ],
    [Feature("contacts.merge", "Merge", "Sales", module="contacts")],
    scopes=("own", "team", "all"),
    aliases={"crm.view_contact": "contacts.view"},
)
BUILTINS = frozenset({"owner", "user"})
FIELDS = {"contacts": frozenset({"owner", "phone", "notes"}), "deals": frozenset({"amount"})}


def fields_of(module):
    """Give the fields that a role may name."""
    return FIELDS.get(module, frozenset())


@contextmanager
def refused(place, *words):
    """Expect a `DocumentError` at exactly `place` whose message has all of `words`."""
    with pytest.raises(DocumentError) as caught:
        yield
    assert caught.value.place == place
    for word in words:
        assert word in caught.value.message
