"""A real Chromium on a real server with the demonstration account."""

import os
import re
import shutil
from collections.abc import Iterator

import pytest

from . import serving

ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if "/tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None and os.environ.get("CI"):
        pytest.fail("Chromium is required in CI and was not found.")
    if found is None:
        pytest.skip("No Chromium was found; install the package chromium.")
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium_path) -> dict:
    return {"executable_path": chromium_path, "args": ARGS}


@pytest.fixture(scope="session")
def database_url(tmp_path_factory, worker_id) -> str:
    """Give a demonstration of this process's own; all of them are copies of one."""
    path = tmp_path_factory.mktemp("site") / "site.sqlite3"
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    shutil.copy(serving.demonstration(shared), path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def site(database_url, chromium_path) -> Iterator[str]:
    with serving.serving(database_url) as address:
        yield address


@pytest.fixture
def asker(database_url) -> Iterator[serving.Asker]:
    process = serving.Asker(database_url)
    yield process
    process.close()


@pytest.fixture
def sign_in(browser, site):
    """Open a browser of its own for a person, signed in through the sign-in form."""
    contexts = []

    def open_for(username: str, **options):
        context = browser.new_context(base_url=site, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("console", lambda message: _note(page, message))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        _sign_in(context.request, username)
        page.goto("/")
        return page

    yield open_for
    for context in contexts:
        context.close()


def _sign_in(client, username: str) -> None:
    """Send the form as the page would; that page has tests of its own, and takes its time."""
    shown = client.get("/auth/login/").text()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown).group(1)
    form = {"login": username, "password": "demo", "csrfmiddlewaretoken": token}
    answer = client.post("/auth/login/", form=form, max_redirects=0)
    assert answer.status == 302 and "/auth/" not in answer.headers["location"], answer.text()


def _note(page, message) -> None:
    if message.type in ("error", "warning"):
        page.problems.append(message.text)
