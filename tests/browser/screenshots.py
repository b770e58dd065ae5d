"""Take the pictures of the documentation: `make screenshots`.

They are of the demonstration account, which is the same from the same seed.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from . import serving
from .conftest import ARGS, NAMES
from .pages import role_link

TARGET = serving.ROOT / "docs" / "images"
SIZE = {"width": 1280, "height": 880}
TALL = {"width": 1280, "height": 1240}
NARROW = {"width": 390, "height": 1240}
PICTURES = {
    "grid": ("/roles/role/", "Regional Salesperson", {"viewport": TALL}),
    "grid-dark": ("/roles/role/", "Sales Rep", {"viewport": TALL, "color_scheme": "dark"}),
    "grid-narrow": ("/roles/role/", "Sales Rep", {"viewport": NARROW}),
    "roles": ("/roles/role/", None, {"viewport": SIZE}),
    "contacts": ("/crm/contact/", None, {"viewport": SIZE}),
    "home": ("/", None, {"viewport": SIZE}),
    "search": ("/search/?q=north", None, {"viewport": SIZE}),
    "profile-dark": ("/profile/", None, {"viewport": SIZE, "color_scheme": "dark"}),
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
    """Sign in as the owner, go there, and take the picture."""
    url, link, options = PICTURES[name]
    context = browser.new_context(base_url=address, **options)
    page = context.new_page()
    page.goto(f"/auth/login/?next={url}")
    page.locator("input[name=login]").fill("owner")
    page.locator("input[name=password]").fill("demo")
    page.get_by_role("button", name="Sign In").click()
    page.wait_for_url(lambda there: "/auth/" not in there)
    if link:
        role_link(page, link).click()
        page.wait_for_url(lambda there: there.endswith("/change/"))
    page.wait_for_load_state("networkidle")
    page.screenshot(path=Path(TARGET, f"{name}.png"))
    context.close()


if __name__ == "__main__":
    main()
