"""A record is shared by keyboard and taken back; its page has no violation in any dress (R19)."""

import pytest
from playwright.sync_api import Page, expect

from .hands import Keyboard
from .looking import WAYS, look_at


def open_shares(page: Page) -> None:
    """Open the shares of the first contact in the person's list."""
    page.goto("/crm/contact/")
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("link", name="Share", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Share “")


def refused(page: Page) -> None:
    """Ask to share with somebody who is not there."""
    page.get_by_label("Person").fill("nobody at all")
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_text("can sign in.")).to_be_visible()


def shared(page: Page) -> None:
    """Share with a person."""
    page.get_by_label("Person").fill("support")
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_text("Shared with 1", exact=True)).to_be_visible()


def unshared(page: Page) -> None:
    """Take the share back, so that the next look begins as this one did."""
    page.get_by_role("button", name="Stop sharing with").first.click()
    expect(page.get_by_role("heading", name="Shared with nobody")).to_be_visible()


@pytest.mark.parametrize(
    "way", ["light", *(pytest.param(way, marks=pytest.mark.slow) for way in ("dark", "zoomed"))]
)
def test_the_page_of_shares_has_no_violation_empty_refused_or_full(sign_in, way):
    states = {f.__name__: f for f in (open_shares, refused, shared, unshared)}
    look_at(sign_in("manager", **WAYS[way]), states)


def test_a_record_is_shared_and_taken_back_by_keyboard_at_the_width_of_a_phone(sign_in):
    page = sign_in("manager", **WAYS["narrow"])
    hands = Keyboard(page)
    open_shares(page)
    where = page.url.replace("/shares/", "/change/")
    receiver = sign_in("salesperson")
    receiver.goto(where)
    assert receiver.url != where
    hands.write(page.get_by_label("Person"), "salesperson")
    hands.press(page.get_by_role("button", name="Share", exact=True))
    expect(page.get_by_text("Shared with 1", exact=True)).to_be_visible()
    receiver.goto(where)
    assert receiver.url == where
    expect(receiver.get_by_text("You may view this, not change it.")).to_be_visible()
    hands.press(page.get_by_role("button", name="Stop sharing with"))
    expect(page.get_by_role("heading", name="Shared with nobody")).to_be_visible()
    receiver.goto(where)
    assert receiver.url != where
