"""Lists of what is named by its code or user name, found at once and of a bounded length."""

from collections.abc import Sized
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from roles.rest_framework.refusals import NUL

MANY_MAX = 5_000
"""So many names one list may hold (threat 21)."""


def too_many(given: Sized) -> str:
    """Say that a list is too long, and the way out."""
    words = _("This list has %(number)d names; send at most %(most)d at once.")
    return words % {"number": len(given), "most": MANY_MAX}


class _Many(serializers.ManyRelatedField):
    """A list that asks the database once, however long it is."""

    def to_internal_value(self, data: Any) -> list[Any]:
        """Find each once, in the order of the list; the first that is not there is named."""
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        if len(data) > MANY_MAX:
            raise serializers.ValidationError(too_many(data))
        one = self.child_relation
        if not all(isinstance(name, str) for name in data):
            one.fail("invalid")
        names = dict.fromkeys(data)
        asked = [name for name in names if NUL not in name]  # PostgreSQL looks for none
        rows = one.get_queryset().filter(**{f"{one.slug_field}__in": asked})
        found = {getattr(row, one.slug_field): row for row in rows}
        for name in names:
            if name not in found:
                one.fail("does_not_exist", slug_name=one.slug_field, value=name[:200])
        return [found[name] for name in names]


class ByName(serializers.SlugRelatedField):
    """Something that is named by its code or user name; with `many`, a list of them."""

    @classmethod
    def many_init(cls, *args: Any, **kwargs: Any) -> _Many:
        """Make the list."""
        own = {name: value for name, value in kwargs.items() if name != "many"}
        said = {name: own[name] for name in ("required", "read_only", "help_text") if name in own}
        return _Many(child_relation=cls(*args, **own), **said)
