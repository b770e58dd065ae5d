"""The pages of the second factor: nothing for axe to find, and its picture within the policy."""

import pytest
from playwright.sync_api import Page, expect

from tests.accounts.test_second_factor import code_for

from . import serving
from .looking import WAYS, look_at


def turn_on(page: Page) -> None:
    """Open the page with the secret, by way of the profile and the password."""
    page.goto("/profile/")
    page.get_by_role("link", name="Second Factor").click()
    page.get_by_role("link", name="Turn It On").click()
    page.wait_for_url(lambda there: "reauthenticate" in there or there.endswith("/on/"))
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill("demo")
        page.get_by_role("button", name="Confirm").click()


@pytest.mark.parametrize("way", WAYS)
def test_no_page_of_the_second_factor_has_a_violation(sign_in, way):
    page = sign_in("support", **WAYS[way])
    asking = "/auth/reauthenticate/?next=/auth/second-factor/on/"
    states = {
        "off": lambda page: page.goto("/auth/second-factor/"),
        "asked": lambda page: page.goto(asking),
        "turning on": turn_on,
    }
    look_at(page, states)
    # What is typed off must be in view whole.
    secret = page.get_by_label("Secret")
    assert secret.evaluate("field => field.scrollWidth <= field.clientWidth")
    expect(page.get_by_role("img", name="The secret below as a picture")).to_be_visible()
    width = page.evaluate("document.querySelector('.second-factor-code').naturalWidth")
    assert width > 0


SETUP = """
from django.contrib.auth.hashers import make_password
from accounts.models import User
from roles.core.specs import RoleSpec
from roles.services.installation import install_assignment, install_role
user = User.objects.create(username="keeper", password=make_password("demo"))
role = install_role(RoleSpec("vault", "Vault", 5, permissions=frozenset({"contacts.view"})))
install_assignment(user=user, role=role)
print(role.pk)
"""
TAKE_AWAY = """
from accounts.models import User
from allauth.mfa.models import Authenticator
from roles.models import Role, RoleAssignment
RoleAssignment.objects.filter(user__username="keeper").delete()
Authenticator.objects.filter(user__username="keeper").delete()
Role.objects.filter(code="vault").delete()
User.objects.filter(username="keeper").update(is_active=False)
"""


@pytest.fixture
def vault(database_url):
    yield serving.manage(database_url, "shell", "-c", SETUP).split()[-1]
    serving.manage(database_url, "shell", "-c", TAKE_AWAY)


def test_a_role_that_asks_for_one_opens_as_soon_as_it_is_set_up(sign_in, vault):
    """An administrator asks for it; who holds the role is told, sets it up, and works on."""
    keeper = sign_in("keeper")
    expect(keeper.get_by_role("link", name="Contacts").first).to_be_visible()

    owner = sign_in("owner")
    owner.goto(f"/roles/role/{vault}/change/")
    owner.get_by_label("Second factor", exact=True).select_option(label="Asked for")
    expect(owner.locator(".save-summary")).to_contain_text("1 person loses")
    owner.get_by_role("button", name="Save Changes").click()
    expect(owner.get_by_role("status").first).to_contain_text("“Vault” is saved")

    keeper.goto("/crm/contact/")
    expect(keeper.get_by_text("Vault asks for a second factor.")).to_be_visible()
    keeper.problems.clear()  # the browser writes down that the page was refused
    states = {
        "home": lambda page: page.goto("/"),
        "asked": lambda page: page.goto("/auth/second-factor/"),
    }
    look_at(keeper, states)
    keeper.get_by_role("link", name="Turn It On").click()
    keeper.get_by_label("Password").fill("demo")
    keeper.get_by_role("button", name="Confirm").click()
    secret = keeper.get_by_label("Secret").input_value()
    keeper.get_by_label("code").fill(code_for(secret))
    keeper.get_by_role("button", name="Turn On").click()
    keeper.wait_for_url("**/codes/**")
    expect(keeper.get_by_text("Your second factor is on.")).to_be_visible()
    look_at(keeper, {"codes": lambda page: page.goto("/auth/second-factor/codes/")})

    keeper.goto("/crm/contact/")
    expect(keeper.get_by_role("heading", name="Contacts")).to_be_visible()
    expect(keeper.get_by_text("asks for a second factor.")).to_have_count(0)
