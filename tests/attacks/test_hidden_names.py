"""Names of what is hidden or out of reach, where they slip through (R16, R22-R24)."""

import re

import pytest

from accounts.models import User
from crm.models import Account, Contact, Project
from roles.core.vocabulary import FieldLevel
from roles.models import Role

from .conftest import agent, person, signed_in

pytestmark = pytest.mark.django_db
HIDDEN = FieldLevel.HIDDEN


def contact_with_hidden_name(*permissions: str):
    client = agent("contacts.view", *permissions, fields={"contacts": {"last_name": HIDDEN}})
    return client, Contact.objects.create(first_name="Fi", last_name="Secretname")


@pytest.mark.parametrize("verb", ["change", "delete"])
def test_a_page_s_heading_does_not_give_a_hidden_name_away(verb):
    client, contact = contact_with_hidden_name("contacts.delete")
    answer = client.get(f"/crm/contact/{contact.pk}/{verb}/")
    assert answer.status_code == 200 and "Secretname" not in answer.content.decode()


def test_a_bulk_deletion_does_not_list_hidden_names():
    client, contact = contact_with_hidden_name("contacts.delete")
    data = {"action": "delete_selected", "_selected_action": [contact.pk]}
    answer = client.post("/crm/contact/", data)
    assert answer.status_code == 200 and "Secretname" not in answer.content.decode()


def test_the_message_after_a_save_does_not_give_a_hidden_name_away():
    client, contact = contact_with_hidden_name("contacts.edit")
    url = f"/crm/contact/{contact.pk}/change/"
    answer = client.post(url, {"first_name": "Fu", "owner": ""}, follow=True)
    contact.refresh_from_db()
    assert contact.first_name == "Fu" and "Secretname" not in answer.content.decode()


@pytest.mark.parametrize("more", [(), ("contacts.edit",)])
def test_a_reference_does_not_give_a_hidden_name_away(more):
    """In a list, read-only on a page, and as a choice."""
    fields = {"accounts": {"name": HIDDEN}}
    client = agent("contacts.view", "accounts.view", *more, fields=fields)
    account = Account.objects.create(name="Hidden Inc")
    contact = Contact.objects.create(last_name="Doe", account=account)
    assert "Hidden Inc" not in client.get("/crm/contact/").content.decode()
    assert "Hidden Inc" not in client.get(f"/crm/contact/{contact.pk}/change/").content.decode()


def test_the_autocomplete_door_does_not_give_hidden_names_away():
    """No page uses it, and it is open to whoever may view the module."""
    client = agent("contacts.view", "accounts.view", fields={"accounts": {"name": HIDDEN}})
    Account.objects.create(name="Hidden Inc")
    asked = {"app_label": "crm", "model_name": "contact", "field_name": "account", "term": ""}
    assert "Hidden Inc" not in client.get("/autocomplete/", asked).content.decode()


@pytest.mark.parametrize("verb", ["change", "history"])
def test_who_sees_roles_but_no_people_learns_no_names(verb):
    client = agent("roles.view")
    person("ben", "manager", first_name="Sec", last_name="Ret")
    role = Role.objects.get(code="manager")
    answer = client.get(f"/roles/role/{role.pk}/{verb}/")
    assert answer.status_code == 200 and "Sec Ret" not in answer.content.decode()


def test_an_owner_whom_the_list_hides_is_hidden_on_the_page_too():
    """R22: one says “No access”, the other writes the name (and those of all colleagues)."""
    client = agent("contacts.view", "contacts.edit")
    ben = person("ben", first_name="Sec", last_name="Ret")
    contact = Contact.objects.create(last_name="Doe", owner=ben)
    assert "Sec Ret" not in client.get("/crm/contact/").content.decode()
    assert "Sec Ret" not in client.get(f"/crm/contact/{contact.pk}/change/").content.decode()


def test_a_hidden_date_cannot_be_found_by_trying():
    """The refusal does not say what stands there: no more than that something does not fit."""
    fields = {"projects": {"start_date": HIDDEN}}
    client = agent("projects.view", "projects.edit", fields=fields)
    project = Project.objects.create(name="P", start_date="2026-05-05", end_date="2026-06-01")
    data = {"name": "P", "status": "planned", "end_date": "2026-05-04", "owner": ""}
    answer = client.post(f"/crm/project/{project.pk}/change/", data)
    assert "cannot end before it starts" not in answer.content.decode()


@pytest.mark.parametrize("field", ["notes", "phone"])
def test_a_forged_field_is_refused_whole_and_not_dropped(field):
    """R17: “refused and nothing is saved, never dropped in silence”."""
    fields = {"contacts": {"notes": HIDDEN, "phone": FieldLevel.READ_ONLY}}
    client = agent("contacts.view", "contacts.edit", fields=fields)
    contact = Contact.objects.create(last_name="Doe", phone="1", notes="s")
    data = {"last_name": "Roe", "owner": "", field: "forged"}
    client.post(f"/crm/contact/{contact.pk}/change/", data)
    contact.refresh_from_db()
    assert contact.last_name == "Doe"


# Attacks that fail


def test_a_choice_out_of_reach_is_answered_as_one_that_never_was():
    client = signed_in("sam", "user")
    hidden = Account.objects.create(name="Hidden Inc")
    ben, answers = User.objects.create_user("ben"), []
    for account, owner in ((hidden.pk, ben.pk), (99999, 99999), ("9" * 20, "x"), ("-1", "9" * 20)):
        data = {"last_name": "New", "account": account, "owner": owner}
        answer = client.post("/crm/contact/add/", data)
        answers.append((answer.status_code, answer.context["adminform"].form.errors.as_json()))
    assert len(set(answers)) == 1 and not Contact.objects.exists()


def test_the_side_doors_find_only_what_is_in_reach():
    client = signed_in("sam", "user")
    hidden = Account.objects.create(name="Hidden Inc")
    asked = {"app_label": "crm", "model_name": "contact", "field_name": "account", "term": "Hid"}
    assert client.get("/autocomplete/", asked).status_code == 403
    asked |= {"app_label": "accounts", "model_name": "user", "field_name": "groups"}
    assert client.get("/autocomplete/", asked).status_code == 403
    urls = [f"/r/{kind}/{hidden.pk}/" for kind in (1, 99999)]
    there, never = map(client.get, urls)
    assert there.status_code == never.status_code == 404
    # The frame around both carries the address that was asked, and a token made for each page.
    said = [
        re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode()).replace(
            url, ""
        )
        for answer, url in zip((there, never), urls, strict=True)
    ]
    assert said[0] == said[1]


def test_a_script_in_a_name_is_text_on_every_page():
    client, script = signed_in("olga", "owner"), "</script><script>alert(1)</script>"
    account = Account.objects.create(name=script)
    contact = Contact.objects.create(last_name=script, account=account)
    urls = ["/crm/contact/", "/crm/account/", f"/crm/account/?q={script}"]
    for record, kind in ((account, "account"), (contact, "contact")):
        urls += [f"/crm/{kind}/{record.pk}/{verb}/" for verb in ("change", "delete")]
    pages = [client.get(url).content.decode() for url in urls]
    data = {"name": script, "_popup": "1", "owner": client.user.pk}
    pages.append(client.post("/crm/account/add/?_popup=1", data).content.decode())
    assert not any("<script>alert" in page for page in pages)
