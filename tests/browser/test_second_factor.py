"""The pages of the second factor: nothing for axe to find, and its picture within the policy."""

import pytest
from playwright.sync_api import Page, expect

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
    expect(page.get_by_role("img", name="The secret below as a picture")).to_be_visible()
    width = page.evaluate("document.querySelector('.second-factor-code').naturalWidth")
    assert width > 0
