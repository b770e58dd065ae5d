"""One mailbox is sent so many mails within an hour, whoever asks and for what (threat 21)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from accounts.models import Invitation, RegistrationDomain, User
from accounts.services import people
from accounts.services.bulk import change_people, plan_people
from accounts.services.invitations import invite_person, resend_invitation
from accounts.services.mailing import FOR_ANYBODY, IN_AN_HOUR, mail_once_done
from accounts.services.registration import ask_to_register
from roles.core import clock
from roles.core.errors import Paused, Refused
from roles.models import AuditEntry
from tests.admin.people import EVERYTHING, LIST, browser_of, page_of, with_rights, words
from tests.api.people import Asker, problem
from tests.factories import fetch, make_user, role_of

from .joining import ORIGIN

pytestmark = pytest.mark.django_db(transaction=True)
RESET = "act/reset_password/"
NOW = datetime(2026, 3, 2, 12, 20, tzinfo=UTC)
ADDRESS = "ann@x.org"


@pytest.fixture(autouse=True)
def _one_hour_and_no_mail_before():
    cache.clear()
    with clock.moment(NOW):
        yield
    cache.clear()


@pytest.fixture
def ann(db):
    return User.objects.create_user("ann", ADDRESS, "demo")


def reset(owner, person):
    people.reset_password(acting_user=fetch(owner), person=person, origin=ORIGIN)


def fill(owner, person, times=IN_AN_HOUR):
    for _time in range(times):
        reset(owner, person)


def test_an_hour_s_mails_are_sent_and_the_next_one_waits_for_the_hour_after(owner, ann):
    fill(owner, ann)
    with pytest.raises(Paused, match=r"at most 10 mails within an hour.*in 40 minutes"):
        reset(owner, ann)
    assert len(mail.outbox) == IN_AN_HOUR
    with clock.moment(NOW + timedelta(minutes=40)):
        reset(owner, ann)
    assert len(mail.outbox) == IN_AN_HOUR + 1


def test_a_reset_that_waits_leaves_the_password_and_the_log_as_they_were(owner, ann):
    fill(owner, ann)
    ann.set_password("new one, Xy9!")
    ann.save()
    count = AuditEntry.objects.count()
    with pytest.raises(Paused):
        reset(owner, ann)
    assert User.objects.get(pk=ann.pk).check_password("new one, Xy9!")
    assert AuditEntry.objects.count() == count


def test_everybody_else_is_written_to_meanwhile(owner, ann):
    fill(owner, ann)
    ben = User.objects.create_user("ben", "ben@x.org", "demo")
    reset(owner, ben)
    assert mail.outbox[-1].to == ["ben@x.org"]


def test_several_who_ask_share_one_count(owner, ann):
    """However many administrators or tokens there are, it is one mailbox."""
    fill(owner, ann, IN_AN_HOUR - 1)
    reset(make_user("olaf", "owner"), ann)
    with pytest.raises(Paused):
        reset(make_user("otto", "owner"), ann)


def write(times, address=ADDRESS):
    """Write to an address so often, by the one door of all mails."""
    for _time in range(times):
        mail_once_done(address, lambda: None)


def invite(owner):
    return invite_person(
        acting_user=fetch(owner), email=ADDRESS, role=role_of("user"), origin=ORIGIN
    ).invitation


def create(owner):
    values = {"username": "ann", "email": ADDRESS.upper()}
    people.create_person(acting_user=fetch(owner), values=values, origin=ORIGIN)


def resend(owner):
    held = Invitation.objects.get()
    resend_invitation(acting_user=fetch(owner), invitation=held, origin=ORIGIN)


@pytest.mark.parametrize("way", [invite, resend, create])
def test_every_way_to_an_address_waits_and_leaves_nothing_behind(owner, way):
    if way is resend:
        with clock.moment(NOW - timedelta(hours=2)):
            invite(owner)
    mail.outbox.clear()
    write(IN_AN_HOUR)
    before = stored()
    with pytest.raises(Paused):
        way(owner)
    assert stored() == before and mail.outbox == []
    cache.clear()
    write(IN_AN_HOUR - 1)
    way(owner)
    assert stored() != before and len(mail.outbox) == 1
    with pytest.raises(Paused):
        mail_once_done(ADDRESS, lambda: None)


def stored():
    invited = Invitation.objects.values_list("token_hash", "sent_at", "revoked_at")
    return User.objects.count(), sorted(invited), AuditEntry.objects.count()


def test_what_is_taken_back_and_what_is_only_foretold_counts_for_nothing(owner, ann):
    """R25: a page may foretell as often as it is loaded."""
    for _time in range(IN_AN_HOUR + 1):
        with transaction.atomic():
            reset(owner, ann)
            transaction.set_rollback(True)
        values = {"origin": ORIGIN}
        outcome = plan_people(
            acting_user=fetch(owner), people=[ann], change=people.reset_password, values=values
        )
        assert outcome.refused == []
    assert mail.outbox == []
    reset(owner, ann)


def test_of_many_only_who_is_written_to_too_often_is_refused_and_then_nobody_is_changed(owner, ann):
    """R25."""
    fill(owner, ann)
    ben = User.objects.create_user("ben", "ben@x.org", "demo")
    change = {"change": people.reset_password, "values": {"origin": ORIGIN}, "people": [ben, ann]}
    with pytest.raises(Refused, match="Nothing was saved"):
        change_people(acting_user=fetch(owner), **change)
    assert User.objects.get(pk=ben.pk).check_password("demo")
    outcome = change_people(acting_user=fetch(owner), **change, skip_refused=True)
    assert [step.person for step in outcome.refused] == [ann]
    assert "at most 10 mails" in outcome.refused[0].because


# Who is not signed in


def forget(address=ADDRESS):
    return Client().post("/auth/password/reset/", {"email": address}, follow=True)


@pytest.fixture
def _no_pauses_of_the_library_s(settings):
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.fixture
def x_org(db):
    return RegistrationDomain.objects.create(name="x.org")


@pytest.mark.usefixtures("_no_pauses_of_the_library_s")
def test_who_is_not_signed_in_has_fewer_sent_and_reads_the_same_answer(owner, ann):
    """Threat 12; the rest stays for whoever answers for the account."""
    pages = {words(forget()) for _time in range(FOR_ANYBODY + 3)}
    assert len(pages) == 1 and len(mail.outbox) == FOR_ANYBODY
    fill(owner, ann, IN_AN_HOUR - FOR_ANYBODY)
    with pytest.raises(Paused):
        reset(owner, ann)


@pytest.mark.parametrize("is_there", [True, False])
def test_registering_and_forgetting_share_the_count(x_org, is_there):
    if is_there:
        make_user("ann", email=ADDRESS)
    for _time in range(FOR_ANYBODY):
        ask_to_register(address=ADDRESS, origin=ORIGIN)
    ask_to_register(address=ADDRESS, origin=ORIGIN)
    forget()
    assert len(mail.outbox) == FOR_ANYBODY
    with clock.moment(NOW + timedelta(hours=1)):
        forget()
    assert len(mail.outbox) == FOR_ANYBODY + 1


# What the doors say


def test_the_page_says_what_why_and_when(owner, ann):
    fill(owner, ann)
    answer = browser_of(owner).post(page_of(ann, RESET))
    assert answer.status_code == 429
    said = words(answer)
    assert "one person is sent at most 10 mails within an hour" in said
    assert "Try again in 40 minutes." in said and "is reset" not in said


def test_whether_there_is_an_address_is_not_told_by_a_pause(owner, ann):
    """R16, R23: who has none is refused as often."""
    desk = with_rights(
        "mia", f"{EVERYTHING} passwords.manage", fields={"users": {"email": "hidden"}}
    )
    ben, cyd = (User.objects.create_user(name, "", "demo") for name in ("ben", "cyd"))
    for person in (ann, ben, cyd):
        codes = [desk.post(page_of(person, RESET)).status_code for _ in range(IN_AN_HOUR + 1)]
        assert codes == [302] * IN_AN_HOUR + [429]
    assert {sent.to[0] for sent in mail.outbox} == {ADDRESS}


def test_a_new_person_s_page_says_it_and_makes_nobody(owner):
    values = {"username": "ann", "email": ADDRESS}
    write(IN_AN_HOUR)
    browser = browser_of(owner)
    answer = browser.post(f"{LIST}add/", values)
    assert answer.status_code == 429 and "Try again in 40 minutes." in words(answer)
    assert not User.objects.filter(username="ann").exists()
    cache.clear()
    assert browser.post(f"{LIST}add/", values).status_code == 302


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("users/", {"username": "ann", "email": ADDRESS, "department": None}),
        ("invitations/", {"email": ADDRESS, "role": "user"}),
    ],
)
def test_the_api_answers_429_and_when_to_try_again(owner, path, body):
    write(IN_AN_HOUR)
    asker = Asker(owner)
    answer = asker.ask("POST", path, body)
    said = problem(answer, 429)
    assert answer["Retry-After"] == str(40 * 60) and "Try again in 40 minutes." in said["detail"]
    assert said["title"] == "Too Many Requests"
    assert not User.objects.filter(username="ann").exists() and not Invitation.objects.exists()
    cache.clear()
    assert asker.ask("POST", path, body).status_code == 201


def test_the_pauses_between_invitations_are_said_in_the_same_way(owner):
    invite(owner)
    answer = Asker(owner).ask("POST", f"invitations/{Invitation.objects.get().pk}/resend/")
    assert "within the last minute" in problem(answer, 429)["detail"]
    assert answer["Retry-After"] == "60"
