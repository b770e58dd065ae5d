"""Tokens: who makes them, what they hold, who takes them back, how the log tells (R20a, D13)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from roles import policy
from roles.core import clock
from roles.core.errors import Invalid, Refused
from roles.core.limits import Limit
from roles.core.specs import RoleSpec
from roles.models import ApiToken, AuditEntry
from roles.services.role import create_role
from roles.services.tokens import TOKENS_MAX, create_token, note_use, revoke_token
from tests.factories import fetch, make_role, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
VIEW = Limit(frozenset({"contacts.view"}))


@pytest.fixture
def holding():
    """A role that may have tokens."""
    return make_role(
        "maker",
        permissions="api_tokens.manage contacts.view contacts.edit",
        privileges="app.crm",
    )


@pytest.fixture
def ann(holding):
    return fetch(make_user("ann", holding))


def make(user, name="CI", limit=None, **values):
    return create_token(acting_user=user, name=name, limit=limit, **values)


def errors_of(user, **values):
    """Give what is wrong with a token, by field."""
    with pytest.raises(Invalid) as caught:
        make(user, **values)
    return caught.value.errors.keys()


# The secret


def test_the_secret_is_given_once_and_kept_nowhere(ann):
    token, secret = make(ann)
    assert secret.startswith("rbac_") and len(secret) == 45
    stored = ApiToken.objects.values().get()
    assert secret not in repr(stored) and secret[5:-4] not in repr(stored)
    assert stored["ending"] == secret[-4:]
    assert secret[5:-4] not in repr(list(AuditEntry.objects.values()))
    assert policy.token_with(secret) == token


@pytest.mark.parametrize("change", [str.upper, str.strip, lambda s: s[:-1], lambda s: s + "x"])
def test_only_the_very_secret_is_found(ann, change):
    _token, secret = make(ann)
    assert (policy.token_with(change(secret)) is not None) is (change(secret) == secret)
    assert policy.token_with("") is None


def test_no_two_secrets_are_the_same(ann):
    assert make(ann)[1] != make(ann, "Other")[1]


def test_a_token_is_found_until_it_ends_and_not_at_that_moment(ann):
    with clock.moment(NOW):
        _token, secret = make(ann, expires_at=NOW + timedelta(days=1))
    with clock.moment(NOW + timedelta(days=1, seconds=-1)):
        assert policy.token_with(secret)
    with clock.moment(NOW + timedelta(days=1)):
        assert policy.token_with(secret) is None


# Who makes them


ACTORS = {
    "anonymous": lambda: AnonymousUser(),
    "without a role": lambda: fetch(make_user()),
    "user": lambda: fetch(make_user("", "user")),
    "suspended": lambda: make_user("", "owner", state="suspended"),
    "waiting": lambda: make_user("", "owner", state="waiting"),
    "deactivated": lambda: make_user("", "owner", is_active=False),
}


@pytest.mark.parametrize("who", ACTORS)
def test_who_may_not_have_tokens_makes_none(who):
    with pytest.raises(Refused):
        make(ACTORS[who]())
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("roles", [("owner",), ("administrator",), ()])
def test_who_may_have_tokens_makes_their_own(roles):
    user = fetch(make_user("ann", *roles, is_superuser=not roles))
    token, _secret = make(user)
    assert token.user == user


def test_a_token_makes_no_token(ann):
    """Or one that ends today would never end."""
    token, _secret = make(ann)
    with pytest.raises(Refused, match="Sign in"):
        make(policy.act_by(fetch(ann), token), "Second")
    make(fetch(ann), "Second")


# What they hold


def test_a_token_lasts_ninety_days_unless_said_otherwise(ann):
    with clock.moment(NOW):
        assert make(ann)[0].expires_at == NOW + timedelta(days=90)
        end = NOW + timedelta(days=366)
        assert make(ann, "Long", expires_at=end)[0].expires_at == end


def test_a_token_ends_in_the_future_and_within_a_year(ann):
    with clock.moment(NOW):
        for end in (NOW, NOW - timedelta(1), NOW + timedelta(days=366, seconds=1)):
            assert errors_of(ann, expires_at=end) == {"expires_at"}


def test_the_database_holds_no_token_that_ends_before_it_begins(ann):
    token, _secret = make(ann)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.filter(pk=token.pk).update(expires_at=token.created_at)


def test_what_one_may_not_do_oneself_cannot_be_chosen(ann):
    limit = Limit(frozenset({"contacts.view", "contacts.delete", "no.such"}))
    assert errors_of(ann, limit=limit) == {"permissions"}
    limit = Limit(frozenset({"contacts.view"}), frozenset({"app.crm", "app.other"}))
    assert errors_of(ann, limit=limit) == {"privileges"}
    assert errors_of(ann, limit=Limit()) == {"permissions"}
    limit = Limit(frozenset({"contacts.view"}), frozenset({"App.CRM"}))
    assert make(ann, limit=limit)[0].limit == Limit(limit.permissions, frozenset({"app.crm"}))


def test_a_name_is_one_s_own_and_taken_once(ann, holding):
    make(ann, " CI ")
    for name in ("CI", "", "  ", "x" * 101, "a\x00b"):
        assert errors_of(ann, name=name) == {"name"}
    assert make(fetch(make_user("ben", holding)), "CI")[0].name == "CI"


def test_tokens_of_one_person_are_bounded(ann):
    """Threat 21."""
    ends = clock.now() + timedelta(days=1)
    ApiToken.objects.bulk_create(
        ApiToken(user=ann, name=str(n), digest=str(n), expires_at=ends) for n in range(TOKENS_MAX)
    )
    assert errors_of(ann) == {""}
    revoke_token(acting_user=ann, token=ApiToken.objects.get(name="0"))
    make(ann)


# What they leave


def test_a_limit_never_gives_what_its_user_has_lost_and_gives_it_back_with_them(ann, holding):
    token, _secret = make(ann, limit=VIEW)
    assert policy.act_by(fetch(ann), token).has_perm("contacts.view")
    assignment = ann.role_assignments.get()
    assignment.delete()
    assert not policy.act_by(fetch(ann), token).has_perm("contacts.view")
    assignment.save()
    left = policy.act_by(fetch(ann), token)
    assert left.has_perm("contacts.view") and not left.has_perm("contacts.edit")


def test_a_person_remembered_before_the_token_is_limited_all_the_same(ann):
    assert ann.has_perm("contacts.edit")
    token, _secret = make(ann, limit=VIEW)
    assert not policy.act_by(ann, token).has_perm("contacts.edit")


def test_a_limit_outlives_a_save_and_a_refresh_of_its_person(ann):
    token, _secret = make(ann, limit=VIEW)
    left = policy.act_by(fetch(ann), token)
    left.save()
    assert not left.has_perm("contacts.edit") and left.has_perm("contacts.view")
    left.refresh_from_db()
    assert not left.has_perm("contacts.edit") and left.has_perm("contacts.view")


def test_a_limited_token_of_an_owner_gives_no_more_than_it_names():
    """D4 counts what is left, also under the lock, where the actor is read anew."""
    olga = fetch(make_user("olga", "owner"))
    names = frozenset({"roles.create", "roles.edit", "users.edit", "roles.view"})
    token, _secret = make(olga, limit=Limit(names))
    limited = policy.act_by(fetch(olga), token)
    for given in ("contacts.view", "roles.delete"):
        wanted = RoleSpec(code="", name="New", level=1, permissions=frozenset({given}))
        with pytest.raises(Refused, match="do not have it"):
            create_role(acting_user=limited, wanted=wanted)
    wanted = RoleSpec(code="", name="New", level=1, permissions=frozenset({"roles.view"}))
    create_role(acting_user=limited, wanted=wanted)
    assert not policy.is_owner(policy.as_stored(limited))
    whole, _secret = make(olga, "Whole")
    assert policy.is_owner(policy.as_stored(policy.act_by(fetch(olga), whole)))


def test_tokens_are_revoked_by_whoever_manages_their_person():
    """D3: of those below, of no peer, and one's own."""
    make_role("tokener", level=50, permissions="api_tokens.manage")
    people = {name: make_user(name, "tokener") for name in ("tom", "peer")}
    low = make_user("low", make_role("maker", level=10, permissions="api_tokens.manage"))
    made = {user: make(fetch(user))[0] for user in (*people.values(), low)}
    found = set(policy.revocable_tokens(fetch(people["tom"])))
    assert found == {made[people["tom"]], made[low]}
    assert set(policy.revocable_tokens(fetch(low))) == {made[low]}


def test_a_superuser_s_token_is_limited_too():
    """R3: Django says yes to a superuser before any backend is asked."""
    root = fetch(make_user("root", is_superuser=True))
    token, _secret = make(root, limit=VIEW)
    left = policy.act_by(fetch(root), token)
    assert left.has_perm("contacts.view") and left.has_module_perms("contacts")
    assert not left.has_perm("contacts.edit") and not left.has_perm("auth.view_group")
    assert not left.has_perms(["contacts.view", "contacts.edit"])
    assert not left.has_module_perms("leads")
    assert left.get_all_permissions() == {"contacts.view", "crm.view_contact"}
    assert fetch(root).has_perm("contacts.edit")


@pytest.mark.parametrize("name", ["auth.view_group", "contacts.edit", "no.such"])
def test_no_backend_after_ours_gives_what_a_limit_leaves_out(settings, ann, name):
    """A no about what nobody governs is else left to the others."""
    settings.AUTHENTICATION_BACKENDS = ["rbac_site.backends.SiteBackend", f"{__name__}.Generous"]
    token, _secret = make(ann, limit=VIEW)
    left = policy.act_by(fetch(ann), token)
    group = Group.objects.create(name="G")
    assert not any(left.has_perm(name, record) for record in (None, left, group))
    assert left.has_perm("contacts.view")
    assert fetch(ann).has_perm("auth.view_group", group)


class Generous:
    """A backend that says yes to everything."""

    def has_perm(self, user_obj, perm, obj=None):
        return True


# Taking back


def test_one_takes_back_one_s_own(ann):
    token, secret = make(ann)
    revoke_token(acting_user=ann, token=token)
    assert policy.token_with(secret) is None


def test_a_token_of_another_is_taken_back_by_whoever_manages_them(ann, holding):
    """D3: an Owner and an Administrator do; a peer and whoever lacks the feature do not."""
    for manager in ("owner", "administrator"):
        token, secret = make(ann)
        with pytest.raises(Refused):
            revoke_token(acting_user=fetch(make_user("", holding)), token=token)
        assert policy.token_with(secret)
        revoke_token(acting_user=fetch(make_user("", manager)), token=token)
        assert policy.token_with(secret) is None


def test_a_limited_token_takes_back_what_its_user_may(ann):
    olga = fetch(make_user("olga", "owner"))
    own, _secret = make(olga, limit=Limit(frozenset({"api_tokens.manage"})))
    other, _secret = make(ann)
    without, _secret = make(olga, "Other", limit=VIEW)
    with pytest.raises(Refused):
        revoke_token(acting_user=policy.act_by(fetch(olga), without), token=other)
    limited = policy.act_by(fetch(olga), own)
    for token in (other, own):
        revoke_token(acting_user=limited, token=token)
    assert list(ApiToken.objects.all()) == [without]


# The log


def test_the_log_tells_of_tokens_made_and_taken_back(ann):
    """D13, without the secret."""
    token, _secret = make(ann, limit=VIEW)
    revoke_token(acting_user=ann, token=token)
    made, taken = AuditEntry.objects.filter(subject_type="roles.apitoken").order_by("pk")
    assert (made.action, taken.action) == ("token.created", "token.revoked")
    assert made.actor == ann and made.subject_id == str(token.pk)
    told = {change["field"]: change["new"] for change in made.changes}
    assert told["permissions"] == ["contacts.view"] and told["name"] == "CI"
    assert {change["field"]: change["old"] for change in taken.changes} == told


def test_the_log_names_the_token_by_which_something_was_done(ann):
    """An Owner must tell a person's own acts from those of their programs."""
    olga = fetch(make_user("olga", "owner"))
    token, _secret = make(olga, "Nightly")
    by_token = policy.act_by(fetch(olga), token)
    create_role(acting_user=by_token, wanted=RoleSpec(code="", name="New", level=1))
    entry = AuditEntry.objects.get(action="role.created")
    assert entry.actor == olga
    assert entry.actor_name == "olga, by the API token “Nightly”"


# Last used


def test_use_is_noted_to_the_minute_and_costs_nothing_within_it(ann):
    token, secret = make(ann)
    with clock.moment(NOW):
        note_use(policy.token_with(secret) or token)
    for seconds, queries in ((0, 0), (59, 0), (60, 1)):
        token.refresh_from_db()
        moment = NOW + timedelta(seconds=seconds)
        with clock.moment(moment), CaptureQueriesContext(connection) as asked:
            note_use(token)
        assert len(asked) == queries
    token.refresh_from_db()
    assert token.last_used_at == NOW + timedelta(seconds=60)


def test_of_many_requests_at_once_one_notes_the_use(ann):
    token, _secret = make(ann)
    read_before = ApiToken.objects.get(pk=token.pk)
    with clock.moment(NOW):
        note_use(token)
    with clock.moment(NOW + timedelta(seconds=30)):
        note_use(read_before)
    token.refresh_from_db()
    assert token.last_used_at == NOW
