"""Mails that tell somebody what was done to their account, once it is done (threats 3, 21)."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import User
from accounts.second_factor import has_second_factor
from accounts.services import people
from accounts.services.mailing import IN_AN_HOUR, mail_once_done
from roles.core import clock
from roles.core.errors import Paused
from roles.models import AuditEntry
from roles.services.undoing import undo
from tests.admin.people import browser_of, page_of
from tests.api.people import Asker, problem
from tests.factories import fetch, make_user

from .test_credentials import REMOVE, with_factor

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = "ann@x.org", "anna@y.org"


@pytest.fixture(autouse=True)
def _one_hour():
    with clock.moment(datetime(2026, 3, 2, 12, 20, tzinfo=UTC)):
        yield


@pytest.fixture
def ann(db):
    return User.objects.create_user("ann", OLD, "demo", first_name="Ann")


def write_to(address, times=IN_AN_HOUR):
    for _time in range(times):
        mail_once_done(address, lambda: None)


# The second factor

REMOVALS = {
    "page": lambda owner, ann: browser_of(owner).post(page_of(ann, REMOVE)),
    "api": lambda owner, ann: Asker(owner).ask("DELETE", "users/ann/second-factor/"),
    "service": lambda owner, ann: people.remove_second_factor(acting_user=fetch(owner), person=ann),
    "command": lambda owner, ann: call_command("remove_second_factor", "ann"),
}


@pytest.mark.parametrize("door", REMOVALS)
def test_whose_second_factor_was_removed_is_told_by_whom(owner, ann, door):
    REMOVALS[door](owner, with_factor(ann))
    (sent,) = mail.outbox
    assert sent.to == [OLD] and sent.subject == "Your second factor at Sales CRM was removed"
    by = "Whoever runs Sales CRM" if door == "command" else "olga"
    assert sent.body.startswith(f"{by} removed the second factor of your account")
    assert "choose a new password" in sent.body and "username is ann" in sent.body
    assert not has_second_factor(ann)


def test_who_has_no_address_is_not_mailed_and_loses_it_all_the_same(owner):
    ben = with_factor(make_user("ben"))
    REMOVALS["service"](owner, ben)
    assert mail.outbox == [] and not has_second_factor(ben)


@pytest.mark.parametrize("door", ["page", "api", "command"])
def test_a_removal_that_cannot_be_told_does_not_happen(owner, ann, door):
    """Nobody first has a mailbox flooded, so that what matters stays unsaid."""
    with_factor(ann)
    write_to(OLD)
    if door == "command":
        with pytest.raises(CommandError, match="Try again"):
            REMOVALS[door](owner, ann)
    else:
        assert REMOVALS[door](owner, ann).status_code == 429
    assert has_second_factor(ann) and mail.outbox == []
    assert not AuditEntry.objects.filter(action="user.second_factor_removed").exists()


# The address


def edit(owner, person, **values):
    return people.edit_person(acting_user=fetch(owner), person=person, values=values)


CHANGES = {
    "page": lambda owner, ann: browser_of(owner).post(
        page_of(ann), {"username": "ann", "first_name": "Ann", "last_name": "", "email": NEW}
    ),
    "api": lambda owner, ann: Asker(owner).ask("PATCH", "users/ann/", {"email": NEW}),
    "taken away": lambda owner, ann: edit(owner, ann, email=""),
}


@pytest.mark.parametrize("door", CHANGES)
def test_the_old_address_is_told_that_it_is_the_account_s_no_more(owner, ann, door):
    """Threat 3: not which one it is now; whoever reads the old one may be a stranger by now."""
    CHANGES[door](owner, ann)
    assert User.objects.get(pk=ann.pk).email == ("" if door == "taken away" else NEW)
    (sent,) = mail.outbox
    assert sent.to == [OLD] and sent.subject == "Your e-mail address at Sales CRM was changed"
    assert sent.body.startswith("olga changed the e-mail address of your account")
    assert "tell an Owner or an Administrator" in sent.body and "username is ann" in sent.body
    assert NEW not in sent.body


def test_an_undo_that_changes_it_back_is_a_change(owner, ann):
    edit(owner, ann, email=NEW)
    mail.outbox.clear()
    undo(acting_user=fetch(owner), entry=AuditEntry.objects.get(action="user.changed"))
    assert [sent.to for sent in mail.outbox] == [[NEW]]


@pytest.mark.parametrize("values", [{"first_name": "Anna"}, {"email": OLD}, {"email": OLD.upper()}])
def test_nothing_is_told_where_mail_goes_where_it_went(owner, ann, values):
    edit(owner, ann, **values)
    assert mail.outbox == []


def test_whose_first_address_it_is_has_no_old_one_to_write_to(owner):
    edit(owner, make_user("ben"), email=NEW)
    assert mail.outbox == []


def test_a_change_that_is_refused_or_taken_back_tells_nobody(owner, ann):
    make_user("ben", email=NEW)
    problem(CHANGES["api"](owner, ann), 400)
    with transaction.atomic():
        edit(owner, ann, email="other@x.org")
        transaction.set_rollback(True)
    assert mail.outbox == [] and User.objects.get(pk=ann.pk).email == OLD


def test_a_change_that_cannot_be_told_does_not_happen(owner, ann):
    write_to(OLD)
    with pytest.raises(Paused):
        edit(owner, ann, email=NEW, first_name="Anna")
    stored = User.objects.get(pk=ann.pk)
    assert (stored.email, stored.first_name) == (OLD, "Ann")
    edit(owner, ann, first_name="Anna")
