"""A manager with `roles.edit` and `users.edit` tries to climb, and is told each time why not.

One way up out of each class of the threats that administration opens: 3 authority supplied by
the caller, 4 granting more than one holds, 5 editing the hierarchy, 7 forged posts of the admin,
14 invitations, 19 the second door. The forms are forged as somebody with the browser's tools would.
"""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from . import serving
from .pages import open_role

SETUP = """
from django.contrib.auth.hashers import make_password
from accounts.models import User
from roles.core.specs import RoleSpec
from roles.models import Role
from roles.services.installation import install_assignment, install_role
user, made = User.objects.update_or_create(
    username="climber", defaults={"password": make_password("demo"), "is_active": True}
)
if not user.role_assignments.exists():
    codes = "roles.view roles.edit roles.create users.view users.edit users.invite groups.manage"
    codes += " activities.view"
    role = install_role(RoleSpec("climbing", "Climbing", 50, permissions=frozenset(codes.split())))
    for held in (role, Role.objects.get(code="manager")):
        install_assignment(user=user, role=held)
print(user.pk, User.objects.get(username="rep").pk)
"""
TAKE_AWAY = """
from accounts.models import User
from roles.models import Role, RoleAssignment
RoleAssignment.objects.filter(user__username="climber").delete()
Role.objects.filter(code="climbing").delete()
User.objects.filter(username="climber").update(is_active=False)
"""
ADD = """([form, name, value]) => {
    const input = document.createElement('input');
    Object.assign(input, {type: 'hidden', name, value});
    form.append(input);
}"""


@pytest.fixture(scope="module")
def keys(database_url) -> Iterator[tuple[str, str]]:
    """Make the manager who wants to climb; give their key and that of somebody below."""
    mine, theirs = serving.manage(database_url, "shell", "-c", SETUP).split()[-2:]
    yield mine, theirs
    serving.manage(database_url, "shell", "-c", TAKE_AWAY)


@pytest.fixture
def page(sign_in, keys) -> Page:
    return sign_in("climber")


def forge(page: Page, form: str, name: str, value: str) -> None:
    """Put a field into a form that the page did not offer."""
    handle = page.locator(form).first.element_handle()
    page.evaluate(ADD, [handle, name, value])


def send(page: Page, form: str) -> None:
    """Send the form as its button would."""
    with page.expect_navigation():
        page.locator(form).first.evaluate("form => form.submit()")


def refused(page: Page, words: str) -> None:
    expect(page.locator("#content, main").first).to_contain_text(words)


def test_nobody_makes_themselves_or_others_superusers_by_a_hidden_field(page, keys):
    """Class 3."""
    page.goto(f"/accounts/user/{keys[1]}/change/")
    form = "form:has(input[name=email])"
    forge(page, form, "is_superuser", "on")
    send(page, form)
    refused(page, "There is no field “is_superuser”")


def test_nobody_gives_a_role_what_they_do_not_have(page):
    """Class 4."""
    open_role(page, "Sales Rep")
    forge(page, "form:has(input[name=permissions])", "permissions", "deals.export")
    page.get_by_role("button", name="Save Changes").click()
    refused(page, "because you do not have it yourself")


def test_nobody_moves_themselves_in_the_organisation(page, keys):
    """Class 5."""
    page.goto(f"/accounts/user/{keys[1]}/change/")
    form = "form:has(select[name=department])"
    page.locator(form).evaluate(
        "(form, keys) => form.action = form.action.replace(`/${keys[1]}/`, `/${keys[0]}/`)",
        list(keys),
    )
    send(page, form)
    refused(page, "Nobody moves themselves")


def test_nobody_hands_out_a_role_that_was_not_offered(page, keys):
    """Class 7."""
    page.goto(f"/accounts/user/{keys[1]}/change/")
    form = "form:has(select[name=role])"
    offered = page.locator(f"{form} option").all_inner_texts()
    assert not [text for text in offered if "Owner" in text or "Administrator" in text]
    page.locator(f"{form} select[name=role]").evaluate(
        "select => { select.add(new Option('Owner', 'owner')); select.value = 'owner'; }"
    )
    send(page, form)
    refused(page, "goes beyond your own (D5)")


def test_nobody_invites_a_newcomer_to_more_than_they_may_give(page):
    """Class 14."""
    page.goto("/invitations/")
    form = "form:has(input[name=email])"
    page.locator(f"{form} input[name=email]").fill("newcomer@example.com")
    page.locator(f"{form} select[name=role]").evaluate(
        "select => { select.add(new Option('Owner', 'owner')); select.value = 'owner'; }"
    )
    send(page, form)
    refused(page, "not one of the available choices")


def test_the_api_says_what_the_pages_say(page, keys):
    """Class 19."""
    page.goto("/")
    ask = """async ([path, body]) => {
        const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
        const headers = {'Content-Type': 'application/json', 'X-CSRFToken': token};
        const answer = await fetch(path, {method: 'PATCH', headers, body});
        return [answer.status, (await answer.json()).detail];
    }"""
    for path, body, words in (
        ("roles/sales-rep/matrix/", {"grant": ["deals.export"]}, "do not have it yourself"),
        ("roles/climbing/", {"level": 100}, "50"),
        ("users/director/", {"email": "climber@example.com"}, "rank"),
    ):
        status, said = page.evaluate(ask, [f"/api/v1/{path}", json.dumps(body)])
        assert status == 403, (path, said)
        assert words in said, (path, said)
