"""Search across modules finds what its reader may view, by what they may read (R16, R22, R23)."""

import pytest
from django.test import Client

from crm.models import Account, Contact, Lead, Opportunity
from tests.factories import make_role, make_user

ALL = {"contacts": "all", "accounts": "all", "leads": "all"}
NAMES_ONLY = {"*": "hidden", "first_name": "read_only", "last_name": "read_only"}


def search(client, text):
    """Give what was found: the module's code words, and its names without their marks."""
    answer = client.get("/search/", {"q": text})
    assert answer.status_code == 200
    return {
        str(found.label): [
            row.name.replace("<mark>", "").replace("</mark>", "") for row in found.rows
        ]
        for found in answer.context["found"]
    }


def test_records_are_found_by_module_in_the_catalogue_s_order(browse):
    client = browse("owner")
    Lead.objects.create(last_name="Lee", company="Acme Leads")
    account = Account.objects.create(name="Acme Inc")
    Contact.objects.create(first_name="Ada", last_name="Acmeson")
    Contact.objects.create(last_name="Other")
    answer = search(client, "acme")
    assert list(answer.items()) == [
        ("Contacts", ["Ada Acmeson"]),
        ("Accounts", ["Acme Inc"]),
        ("Leads", ["Lee"]),
    ]
    page = client.get("/search/", {"q": "acme"}).content.decode()
    assert f'href="/crm/account/{account.pk}/change/"' in page
    assert "<mark>Acme</mark> Inc" in page


def test_a_record_out_of_reach_is_not_found_and_one_s_own_is(browse):
    client = browse("user")
    Contact.objects.create(last_name="Acmeson")
    Contact.objects.create(last_name="Acmegirl", owner=make_user("ben"))
    assert search(client, "acme") == {}
    Contact.objects.create(last_name="Acmedad", owner=client.user)
    assert search(client, "acme") == {"Contacts": ["Acmedad"]}


def test_a_record_in_the_trash_is_not_found(browse):
    client = browse("owner")
    Contact.objects.create(last_name="Acme", deleted_at="2026-01-01T00:00Z")
    assert search(client, "acme") == {}


def test_a_module_that_is_not_one_s_own_is_not_searched(browse):
    role = make_role("agent", permissions="contacts.view", records=ALL)
    client = browse(role)
    Account.objects.create(name="Acme Inc")
    assert search(client, "acme") == {}
    assert "Accounts" not in client.get("/search/").content.decode()
    make_role("more", permissions="accounts.view", records=ALL)
    assert search(browse("agent", "more", username="bea"), "acme") == {"Accounts": ["Acme Inc"]}


@pytest.mark.parametrize("hidden", [{"email": "hidden"}, NAMES_ONLY])
def test_a_value_in_a_hidden_field_finds_nothing_and_is_not_shown(browse, hidden):
    Contact.objects.create(last_name="Doe", email="secret@x.org")
    make_role("open", permissions="contacts.view", records=ALL)
    make_role("shut", permissions="contacts.view", records=ALL, fields={"contacts": hidden})
    shut = browse("shut")
    assert search(shut, "secret") == {}
    page = shut.get("/search/", {"q": "doe"}).content.decode()
    assert "secret@x.org" not in page and "e-mail" not in page
    assert search(shut, "doe") == {"Contacts": ["Doe"]}
    assert search(browse("open", username="bea"), "secret") == {"Contacts": ["Doe"]}


def test_a_hidden_name_is_not_written_beside_what_was_found(browse):
    fields = {"contacts": {"last_name": "hidden"}}
    make_role("agent", permissions="contacts.view", records=ALL, fields=fields)
    ada = Contact.objects.create(first_name="Ada", last_name="Secretname", email="ada@x.org")
    client = browse("agent")
    assert search(client, "ada") == {"Contacts": [f"Contact {ada.pk}"]}
    assert "Secretname" not in client.get("/search/", {"q": "ada"}).content.decode()


def test_a_module_whose_every_field_is_hidden_is_not_searched(browse):
    """Django's admin answers a search in no field with every record."""
    fields = {"contacts": {"*": "hidden"}}
    make_role("agent", permissions="contacts.view", records=ALL, fields=fields)
    Contact.objects.create(last_name="Doe")
    assert search(browse("agent"), "zzz") == {}


def test_roles_are_found_by_whoever_may_see_them(browse):
    assert search(browse("owner"), "guest")["Roles"] == ["Guest"]
    assert "Roles" not in search(browse("user", username="ben"), "guest")


def test_a_hidden_field_of_roles_finds_none_and_their_names_still_do(browse):
    make_role("news", name="News", description="Secret plans")
    make_role("open", permissions="roles.view")
    make_role("shut", permissions="roles.view", fields={"roles": {"description": "hidden"}})
    shut = browse("shut")
    assert search(shut, "secret") == {}
    assert search(shut, "news") == {"Roles": ["News"]}
    assert "Secret" not in shut.get("/search/", {"q": "news"}).content.decode()
    assert search(browse("open", username="bea"), "secret") == {"Roles": ["News"]}


def test_beside_a_name_stands_what_was_found_in_the_record_or_else_the_first_field(browse):
    client = browse("owner")
    Lead.objects.create(last_name="Lee", company="Initech", email="lee@x.org")
    for text, details in (("x.org", ["lee@<mark>x.org</mark>"]), ("lee init", None)):
        (found,) = client.get("/search/", {"q": text}).context["found"]
        assert found.rows[0].details == (
            details or ["<mark>Init</mark>ech", "<mark>lee</mark>@x.org"]
        )
    Lead.objects.create(last_name="Poe", company="Initrode", email="edgar@x.org")
    (found,) = client.get("/search/", {"q": "poe"}).context["found"]
    assert found.rows[0].details == ["Initrode"]


def test_what_lies_in_other_tables_is_not_written_beside_a_role(browse):
    make_role("news", name="News", description="Writes", privileges="app.newsletter app.news")
    (found,) = browse("owner").get("/search/", {"q": "news"}).context["found"]
    (row,) = found.rows
    assert row.name == "<mark>News</mark>" and "None" not in "".join(row.details)


def test_five_of_each_are_shown_with_a_link_to_all_and_a_count_that_stops(browse):
    client = browse("owner")
    Contact.objects.bulk_create(Contact(last_name=f"Acme {n}") for n in range(120))
    Account.objects.bulk_create(Account(name=f"Acme {n}") for n in range(6))
    Lead.objects.bulk_create(Lead(last_name=f"Acme {n}") for n in range(5))
    contacts, accounts, leads = client.get("/search/", {"q": "acme"}).context["found"]
    assert [len(f.rows) for f in (contacts, accounts, leads)] == [5, 5, 5]
    assert [f.count for f in (contacts, accounts, leads)] == ["100+", "6", "5"]
    assert contacts.has_more and accounts.has_more and not leads.has_more
    assert client.get(accounts.url).context["cl"].result_count == 6
    page = client.get("/search/", {"q": "acme"}).content.decode()
    assert "All 100+ in Contacts" in page and "All 6 in Accounts" in page
    assert "in Leads" not in page


@pytest.mark.parametrize("rows", [1, 40])
def test_the_number_of_queries_does_not_grow_with_what_is_found(
    browse, rows, django_assert_max_num_queries
):
    client = browse("owner")
    for model, name in ((Contact, "last_name"), (Account, "name"), (Opportunity, "name")):
        model.objects.bulk_create(model(**{name: f"Acme {n}"}) for n in range(rows))
    client.get("/")
    # The session, the person, and at most two for each of eight pages.
    with django_assert_max_num_queries(2 + 2 * 8):
        assert len(search(client, "acme")) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Type what you look for."),
        ("   ", "Type what you look for."),
        ("a", "Type at least 2 characters."),
        ('""', "Type what you look for."),
        ("x" * 201, "A search has at most 200 characters."),
    ],
)
def test_what_cannot_be_looked_for_is_said_and_finds_nothing(browse, text, words):
    client = browse("owner")
    Contact.objects.create(last_name="xa")
    answer = client.get("/search/", {"q": text})
    assert answer.status_code == 200 and words in answer.content.decode()
    assert answer.context["found"] == []


def test_a_nul_is_looked_for_nowhere(browse):
    """It is refused with the whole address, as on every page."""
    assert browse("owner").get("/search/", {"q": "a\x00b"}).status_code == 400


def test_two_hundred_characters_and_quoted_words_are_looked_for(browse):
    client = browse("owner")
    Contact.objects.create(first_name="Ada", last_name="x" * 99)
    assert search(client, "x" * 99) and search(client, '"da"') and not search(client, "x" * 200)


def test_an_empty_answer_says_where_was_looked_and_what_to_do(browse):
    page = browse("user").get("/search/", {"q": "zzz"}).content.decode()
    assert "Nothing that you may see has “zzz” in it" in page
    assert "first name, last name and e-mail" in page


def test_what_was_typed_and_what_was_found_is_text(browse):
    script = "<script>alert(1)</script>"
    client = browse("owner")
    Account.objects.create(name=script)
    for text in (script, "alert"):
        page = client.get("/search/", {"q": text}).content.decode()
        assert "<script>alert" not in page
    assert "&lt;script&gt;<mark>alert</mark>(1)" in page


def test_whoever_has_no_module_is_told_so_and_has_no_box(browse):
    client = browse("guest")
    page = client.get("/search/", {"q": "acme"}).content.decode()
    assert "No module is open to you yet" in page
    assert "site-search" not in client.get("/").content.decode()
    assert "site-search" in browse("user", username="ben").get("/").content.decode()


@pytest.mark.django_db
def test_whoever_is_not_signed_in_is_sent_to_do_so():
    answer = Client().get("/search/", {"q": "acme"})
    assert answer.status_code == 302 and answer.url.startswith("/login/?next=/search/")


def test_whoever_waits_cannot_search(browse):
    client = browse("owner", state="waiting")
    Contact.objects.create(last_name="Acme")
    answer = client.get("/search/", {"q": "acme"})
    assert answer.status_code == 403 and "Acme" not in answer.content.decode()
