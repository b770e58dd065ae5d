"""Registering alone: from listed domains, by a proven address, as a Guest who waits (D12)."""

import re
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.core import mail, signing
from django.core.cache import cache
from django.test import Client

from accounts.addresses import normal_address, normal_domain
from accounts.links import REGISTRATION_LASTS, registration_key
from accounts.models import RegistrationDomain, User
from accounts.services.mailing import FOR_ANYBODY
from accounts.services.registration import (
    allow_domain,
    ask_to_register,
    check_address,
    forbid_domain,
    register_person,
)
from roles.core import clock
from roles.core.errors import Invalid, Refused
from roles.models import AuditEntry
from tests.factories import fetch, make_role, make_user

from .joining import ORIGIN, PASSWORD, links_mailed
from .test_invitation_pages import ACCOUNT, browse, words

pytestmark = pytest.mark.django_db
SIGNUP = "/auth/signup/"


@pytest.fixture(autouse=True)
def _no_throttle_of_the_test_before():
    cache.clear()


@pytest.fixture
def x_org(owner):
    return allow_domain(acting_user=owner, name="x.org")


def ask(address="new@x.org", **headers):
    return Client().post(SIGNUP, {"email": address}, follow=True, headers=headers)


def values(**more):
    return {"username": "newt", "password": PASSWORD, **more}


# Closed, until somebody opens it


def test_with_an_empty_list_nobody_registers():
    client = Client()
    assert "Registration is closed" in words(client.get(SIGNUP))
    assert "Registration is closed" in words(client.post(SIGNUP, {"email": "new@x.org"}))
    assert "Register" not in words(client.get("/auth/login/"))
    assert mail.outbox == []


def test_with_a_domain_on_the_list_the_sign_in_page_leads_to_it(x_org):
    assert f'href="{SIGNUP}"' in Client().get("/auth/login/").content.decode()
    assert "x.org" in words(Client().get(SIGNUP))


@pytest.mark.parametrize(
    "address", ["new@y.org", "new@sub.x.org", "new@x.org.evil.com", "new@xxorg"]
)
def test_another_domain_is_told_so_and_gets_no_mail(x_org, address):
    page = words(ask(address))
    assert "cannot register alone" in page or "Enter an e-mail address" in page
    assert mail.outbox == []


@pytest.mark.parametrize("there", [False, True])
def test_the_services_themselves_take_listed_domains_alone(x_org, there):
    """Also of who has an account: to nobody else is a mail sent by being asked for."""
    for domain in ("y.org", "x.org"):
        make_user("ann" + domain, email=f"ann@{domain}")
    name = "ann" if there else "new"
    with pytest.raises(Invalid, match="cannot register alone"):
        check_address(f"{name}@y.org")
    with pytest.raises(Invalid, match="cannot register alone"):
        ask_to_register(address=f"{name}@y.org", origin=ORIGIN)
    assert mail.outbox == []
    ask_to_register(address=check_address(f"{name}@X.org"), origin=ORIGIN)
    assert [sent.to for sent in mail.outbox] == [[f"{name}@x.org"]]


# The address


def test_whoever_proves_their_address_becomes_a_guest_who_waits(x_org):
    ask("New@X.org")
    client = Client()
    (link,) = links_mailed()
    assert "New@x.org" in words(client.get(link, follow=True))
    assert "somebody has to let you in" in words(
        client.post("/auth/signup/account/", ACCOUNT, follow=True)
    )
    newt = User.objects.get(username="newt")
    assert (newt.state, newt.email) == ("waiting", "New@x.org")
    assert [a.role.code for a in newt.role_assignments.all()] == ["guest"]
    assert EmailAddress.objects.get(user=newt).verified
    assert fetch(newt).get_all_permissions() == {"profile.view"}
    client.post("/auth/login/", {"login": "newt", "password": PASSWORD})
    assert "nearly ready" in words(client.get("/"))


def test_before_that_nothing_is_stored_so_nobody_takes_another_s_address(x_org):
    before = User.objects.count()
    ask("ceo@x.org")
    assert User.objects.count() == before and not EmailAddress.objects.exists()
    client = Client()
    assert client.get("/auth/signup/account/").status_code == 404
    assert client.post("/auth/signup/account/", ACCOUNT | {"email": "ceo@x.org"}).status_code == 404
    assert User.objects.count() == before


def test_the_link_says_nothing_of_itself_on_the_way(x_org):
    ask()
    (link,) = links_mailed()
    answer = Client().get(link)
    assert answer.url == "/auth/signup/account/" and answer["Referrer-Policy"] == "no-referrer"


def test_an_address_that_has_an_account_gets_the_same_answer_and_another_mail(x_org):
    make_user("vic", email="vic@x.org")
    taken, free = ask("VIC@x.org"), ask("free@x.org")
    assert words(taken) == words(free) and taken.redirect_chain == free.redirect_chain
    there, new = mail.outbox
    assert there.to == ["VIC@x.org"] and "/signup/link/" not in there.body
    assert new.to == ["free@x.org"] and "/signup/link/" in new.body


@pytest.mark.parametrize(
    "made",
    [lambda: "x", lambda: registration_key("new@x.org")[:-1], lambda: signing.dumps("new@x.org")],
    ids=["no key at all", "one that was cut short", "one signed for something else"],
)
def test_a_link_that_is_not_ours_opens_nothing(x_org, made):
    key = made()
    answer = Client().get(f"/auth/signup/link/{key}/", follow=True)
    assert answer.status_code == 404 and "does not work" in words(answer)


def test_the_link_ends_after_a_day(x_org, monkeypatch):
    key = registration_key("new@x.org")
    assert Client().get(f"/auth/signup/link/{key}/", follow=True).status_code == 200
    present = signing.time.time()
    monkeypatch.setattr(
        signing.time, "time", lambda: present + REGISTRATION_LASTS.total_seconds() + 2
    )
    assert Client().get(f"/auth/signup/link/{key}/", follow=True).status_code == 404


def test_the_link_works_once(x_org):
    link = f"/auth/signup/link/{registration_key('new@x.org')}/"
    client = Client()
    client.get(link)
    assert client.post("/auth/signup/account/", ACCOUNT).status_code == 302
    again = Client()
    assert again.get(link, follow=True).status_code == 404
    assert again.post("/auth/signup/account/", ACCOUNT | {"username": "two"}).status_code == 404


def test_a_domain_that_was_taken_off_the_list_meanwhile_lets_nobody_in(owner, x_org):
    client = Client()
    client.get(f"/auth/signup/link/{registration_key('new@x.org')}/")
    forbid_domain(acting_user=owner, domain=x_org)
    client.post("/auth/signup/account/", ACCOUNT)
    assert not User.objects.filter(username="newt").exists()


def test_one_address_gets_so_many_mails_in_an_hour_and_the_answer_hides_it(x_org):
    """Threat 21."""
    with clock.moment(datetime(2026, 3, 2, 12, 20, tzinfo=UTC)):
        pages = {words(ask()) for _time in range(FOR_ANYBODY + 2)}
    assert len(mail.outbox) == FOR_ANYBODY and len(pages) == 1


def test_one_sender_is_paused_after_many_addresses(x_org):
    answers = [ask(f"n{number}@x.org").status_code for number in range(21)]
    assert answers[0] == 200 and answers[-1] == 429


def test_the_service_itself_refuses_an_address_twice(x_org):
    register_person(address="new@x.org", **values())
    with pytest.raises(Refused, match="account already"):
        register_person(address="NEW@x.org", **values(username="two"))


def test_the_log_tells_who_registered(x_org):
    newt = register_person(address="new@x.org", **values(first_name="New"))
    entry = AuditEntry.objects.get(action="user.registered")
    assert (entry.actor, entry.subject_id) == (newt, str(newt.pk))
    assert {c["field"]: c["new"] for c in entry.changes}["state"] == "waiting"
    assert AuditEntry.objects.get(action="role.assigned", beside_id=str(newt.pk)).actor is None


# The list of domains


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("X.Org", "x.org"),
        (" @x.org ", "x.org"),
        ("ｘ.org", "x.org"),
        ("bücher.de", "xn--bcher-kva.de"),
    ],
)
def test_a_domain_is_kept_in_one_form(owner, typed, stored):
    assert allow_domain(acting_user=owner, name=typed).name == stored


@pytest.mark.parametrize(
    "typed", ["", "org", "x..org", "a@x.org", "*.org", "x.org/", "x org", "-x.org"]
)
def test_what_is_no_domain_is_refused(typed):
    with pytest.raises(Invalid):
        normal_domain(typed)


@pytest.mark.parametrize("typed", ["ann@X.ORG", "ann@ｘ.org", " ann@x.org"])
def test_an_address_is_kept_in_one_form(typed):
    """Threat 15: all of these are delivered to one person."""
    assert normal_address(typed) == "ann@x.org"


def test_a_domain_stands_once_on_the_list(owner, x_org):
    with pytest.raises(Invalid, match="already"):
        allow_domain(acting_user=owner, name="X.org")


def test_the_page_opens_and_closes_registration_and_the_log_tells_who(owner):
    client = browse(owner)
    assert "The list is empty" in words(client.get("/domains/"))
    client.post("/domains/", {"name": "x.org"})
    domain = RegistrationDomain.objects.get()
    assert "x.org" in words(client.get("/domains/"))
    assert "Enter a domain" in words(client.post("/domains/", {"name": "nonsense"}))
    client.post(f"/domains/{domain.pk}/remove/")
    assert not RegistrationDomain.objects.exists()
    said = AuditEntry.objects.filter(subject_name="x.org").values_list("action", "actor")
    assert set(said) == {("domain.allowed", owner.pk), ("domain.forbidden", owner.pk)}


def test_only_who_may_manage_domains_does(x_org):
    without = make_role("host", level=60, permissions="settings.view settings.edit users.approve")
    sam = make_user("sam", without)
    client = browse(sam)
    assert client.get("/domains/").status_code == 403
    assert client.post("/domains/", {"name": "y.org"}).status_code == 403
    assert client.post(f"/domains/{x_org.pk}/remove/").status_code == 403
    with pytest.raises(Refused):
        allow_domain(acting_user=fetch(sam), name="y.org")
    with pytest.raises(Refused):
        forbid_domain(acting_user=fetch(sam), domain=x_org)
    assert 'href="/domains/"' not in client.get("/").content.decode()
    mia = make_user("mia", make_role("keeper", level=60, permissions="domains.manage"))
    assert 'href="/domains/"' in browse(mia).get("/").content.decode()
    assert allow_domain(acting_user=fetch(mia), name="y.org")
    forbid_domain(acting_user=fetch(mia), domain=x_org)
    assert set(RegistrationDomain.objects.values_list("name", flat=True)) == {"y.org"}


def test_removing_a_domain_takes_a_form(owner, x_org):
    assert browse(owner).get(f"/domains/{x_org.pk}/remove/").status_code == 405
    assert re.search("x.org", words(browse(owner).get("/domains/")))
