"""The role page for somebody who is no Owner: what they cannot give is reached and explained."""

import pytest
from playwright.sync_api import expect

from .looking import WAYS, violations
from .pages import open_role

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("way", ["light", "narrow"])
def test_a_locked_cell_takes_the_focus_and_says_why(sign_in, way):
    """Interfaces, section 5; an Administrator resets no passwords, so they give nobody that."""
    page = sign_in("admin", **WAYS[way])
    open_role(page, "Sales Rep")
    locked = page.get_by_role("checkbox", name="Reset another user's password", exact=True)
    expect(locked).to_be_disabled()
    expect(locked).to_have_accessible_description(
        "You cannot give “Reset another user's password” because you do not have it yourself. "
        "Ask an Owner."
    )
    expect(page.get_by_role("checkbox", name="Contacts: Delete", exact=True)).to_be_enabled()
    cell = page.locator(".cell.is-fixed", has=locked)
    cell.focus()
    expect(cell).to_be_focused()
    assert page.problems == []
    assert violations(page) == []
