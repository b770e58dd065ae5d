"""Ways to the pages that many tests open."""

from playwright.sync_api import Locator, Page


def role_link(page: Page, name: str) -> Locator:
    """Give the link of a role in the list; other roles' bases are links of the same name."""
    return page.locator("#result_list tbody th").get_by_role("link", name=name, exact=True)


def open_role(page: Page, name: str) -> None:
    """Open a role's page by way of the list."""
    page.goto("/roles/role/")
    role_link(page, name).click()
    page.wait_for_url("**/change/")
