"""Take the pictures of the documentation: `make screenshots`.

They are of the demonstration account, which is the same from the same seed.
"""

import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from . import serving
from .conftest import ARGS, NAMES
from .pages import role_link

TARGET = serving.ROOT / "docs" / "images"
SIZE = {"width": 1280, "height": 880}
TALL = {"width": 1280, "height": 1240}
NARROW = {"width": 390, "height": 1240}


@dataclass(frozen=True)
class Picture:
    """A page: its address, a role to open from there, what to press in turn, and who sees it."""

    url: str
    role: str = ""
    press: str = ""
    options: dict[str, Any] = field(default_factory=lambda: {"viewport": SIZE})
    who: str = "owner"


ROLES = "/roles/role/"
MINE = "/crm/contact/?owner=mine"
FIRST, TOOL = "#result_list tbody th a >> nth=0", ".object-tools >> text="
OPEN_ROW = '.grid-row[data-module="contacts"] summary'
PICTURES = {
    "grid": Picture(ROLES, "Regional Salesperson", options={"viewport": TALL}),
    "grid-open": Picture(ROLES, "Support Agent", OPEN_ROW, {"viewport": TALL}),
    "grid-dark": Picture(ROLES, "Sales Rep", "", {"viewport": TALL, "color_scheme": "dark"}),
    "grid-narrow": Picture(ROLES, "Sales Rep", options={"viewport": NARROW}),
    "grid-locked": Picture(ROLES, "Administrator", who="admin"),
    "roles": Picture(ROLES),
    "roles-tree": Picture(f"{ROLES}?view=tree"),
    "history": Picture(ROLES, "Sales Rep", ".role-tools >> text=History"),
    "deletion": Picture(ROLES, "Salesperson", ".role-tools >> text=Delete Role"),
    "home": Picture("/"),
    "search": Picture("/search/?q=north"),
    "profile-dark": Picture("/profile/", options={"viewport": SIZE, "color_scheme": "dark"}),
    "contacts": Picture("/crm/contact/"),
    "opportunities": Picture("/crm/opportunity/"),
    "shares": Picture(MINE, press=f"{FIRST}, {TOOL}Share"),
    "record-history": Picture(MINE, press=f"{FIRST}, {TOOL}History"),
    "users": Picture("/accounts/user/"),
    "user": Picture("/accounts/user/?q=Freya", press=FIRST, options={"viewport": TALL}),
    "departments": Picture("/departments/"),
    "activities": Picture("/roles/auditentry/"),
}


def main() -> None:
    """Serve a demonstration of its own and take every picture."""
    TARGET.mkdir(parents=True, exist_ok=True)
    path = next((found for found in map(shutil.which, NAMES) if found), None)
    if path is None:
        sys.exit("No Chromium was found; install the package chromium.")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/site.sqlite3"
        serving.manage(url, "migrate", "--verbosity=0")
        serving.manage(url, "load_demo")
        with serving.serving(url) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGS)
            for name in PICTURES:
                take(browser, address, name)
            browser.close()


def take(browser: Browser, address: str, name: str) -> None:
    """Sign in as whoever sees it, go there, and take the picture."""
    picture = PICTURES[name]
    context = browser.new_context(base_url=address, **picture.options)
    page = context.new_page()
    page.goto(f"/auth/login/?next={picture.url}")
    page.locator("input[name=login]").fill(picture.who)
    page.locator("input[name=password]").fill("demo")
    page.get_by_role("button", name="Sign In").click()
    page.wait_for_url(lambda there: "/auth/" not in there)
    if picture.role:
        role_link(page, picture.role).click()
        page.wait_for_url(lambda there: there.endswith("/change/"))
    for target in filter(None, picture.press.split(", ")):
        page.locator(target).click()
        page.wait_for_load_state()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=Path(TARGET, f"{name}.png"))
    context.close()


if __name__ == "__main__":
    main()
