"""What is told of a change before it is saved is what a real save does, person by person."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from roles import policy
from roles.core import clock
from roles.core.changes import difference
from roles.core.specs import RoleSpec
from roles.core.vocabulary import ALL, OWN, FieldLevel
from roles.registry import registry
from roles.services.impact import impact_of
from roles.services.installation import install_role
from roles.services.loading import read_role
from roles.services.role import change_role
from tests.factories import give, make_user, role_of, words

pytestmark = pytest.mark.django_db

CODES = words(
    "contacts.view contacts.create contacts.edit deals.view admin.view users.view "
    "tasks.comment forms.view"
)
SOME = st.frozensets(st.sampled_from(sorted(CODES)), max_size=5)
SCOPES = st.frozensets(st.sampled_from([OWN, "team", "department", ALL]), min_size=1, max_size=2)
BY_ACTION = st.dictionaries(st.sampled_from(["*", "view", "edit"]), SCOPES, max_size=2)
BY_FIELD = st.dictionaries(
    st.sampled_from(["*", "phone", "notes"]), st.sampled_from(FieldLevel), max_size=2
)
LAYER = st.fixed_dictionaries(
    {
        "permissions": SOME,
        "privileges": st.frozensets(st.sampled_from(["app.crm", "app.pay"]), max_size=2),
        "records": st.dictionaries(st.sampled_from(["contacts", "deals"]), BY_ACTION, max_size=2),
        "fields": st.dictionaries(st.sampled_from(["contacts", "forms"]), BY_FIELD, max_size=2),
    }
)
MOMENTS = st.sampled_from(["now", "ended", "later"])
HELD = st.dictionaries(st.sampled_from(["low", "rep", "heir", "other", "owner"]), MOMENTS)
PERSON = st.tuples(HELD, st.sampled_from(["", "", "", "inactive", "waiting", "superuser"]))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    layers=st.tuples(LAYER, LAYER, LAYER, LAYER),
    wished=LAYER,
    base=st.sampled_from([None, "low", "other"]),
    people=st.lists(PERSON, min_size=1, max_size=6),
)
def test_it_is_what_a_real_save_does_to_each_of_them(layers, wished, base, people):
    """Brute force: the access of every person before and after the save, which is taken back."""
    with transaction.atomic():
        _build(layers, people)
        role = role_of("rep")
        wanted = read_role(role).with_changes(base=base, **_without_empty(wished))
        said = impact_of(role, wanted)
        assert _told(said) == _counted(role, wanted), wanted
        transaction.set_rollback(True)


def _build(layers, people):
    for code, base, layer in zip(
        ("low", "rep", "heir", "other"), (None, "low", "rep", None), layers, strict=True
    ):
        _make(code, base, layer)
    for number, (held, kind) in enumerate(people):
        values = {
            "inactive": {"is_active": False},
            "waiting": {"state": "waiting"},
            "superuser": {"is_superuser": True},
        }.get(kind, {})
        user = make_user(f"p{number}", **values)
        for code, moment in held.items():
            give(user, code, **_moments(moment))


def _make(code, base, layer):
    install_role(RoleSpec(code=code, name=code, base=base, **_without_empty(layer)))


def _without_empty(layer):
    fields = {module: by for module, by in layer["fields"].items() if by}
    records = {module: by for module, by in layer["records"].items() if by}
    return layer | {"fields": fields, "records": records}


def _moments(word):
    now, day = clock.now(), timedelta(days=1)
    return {"now": {}, "ended": {"valid_until": now - day}, "later": {"valid_from": now + day}}[
        word
    ]


def _told(said):
    return {kind: said.counts(kind) for kind in ("gained", "lost", "records", "fields")} | {
        "people": said.people
    }


def _counted(role, wanted):
    """Save for real, as an Owner does, and count the differences person by person."""
    concerned = _concerned()
    before = {pk: _state(pk) for pk in concerned}
    change_role(
        acting_user=make_user("actor", "owner"),
        role=role,
        changes=difference(read_role(role), wanted),
    )
    found = {"gained": {}, "lost": {}, "records": {}, "fields": {}, "people": 0}
    for pk in concerned:
        marks = _difference(before[pk], _state(pk))
        found["people"] += bool(marks)
        for kind, name in marks:
            found[kind][name] = found[kind].get(name, 0) + 1
    return found


def _concerned():
    now = policy.current_assignments()
    held = now.filter(role__code__in=["rep", "heir"]).values_list("user_id", flat=True)
    return [u.pk for u in User.objects.filter(pk__in=held) if not u.is_superuser]


EVERY = frozenset(registry.scopes)


def _closed(found):
    """Every scope includes `own`, and `all` every scope (R9)."""
    return EVERY if ALL in found else frozenset({OWN}) | found


def _state(pk):
    access = policy.access_for(User.objects.get(pk=pk))
    reach, opened = {}, {}
    for module in registry.catalogue.modules.values():
        names = {*registry.fields_of(module), "phone", "notes"} | (set() if module.model else {"*"})
        for action in module.actions:
            giving = access.roles_giving(f"{module.code}.{action}")
            closed = [_closed(role.scopes_for(module.code, action)) for role in giving]
            if giving:
                reach[module.code, action] = frozenset().union(*closed)
            needed = {"view": 1, "create": 2, "edit": 2}.get(action)
            for name in names if needed else ():
                opened[module.code, action, name] = frozenset().union(
                    *(
                        scopes
                        for role, scopes in zip(giving, closed, strict=True)
                        if role.level_of_field(module.code, name) >= needed
                    )
                )
    return access.codes | access.privileges, reach, opened


def _difference(before, after):
    (old, old_reach, old_open), (new, new_reach, new_open) = before, after
    marks = {("gained", n) for n in new - old} | {("lost", n) for n in old - new}
    for key in old_reach.keys() & new_reach.keys():
        if old_reach[key] != new_reach[key] and registry.module(key[0]).has_record_access:
            marks.add(("records", key[0]))
    for key in old_open:
        both = old_reach.get(key[:2], frozenset()) & new_reach.get(key[:2], frozenset())
        if old_open[key] & both != new_open[key] & both:
            marks.add(("fields", key[0]))
    return marks
