"""Look at many states of the pages in several ways, and find nothing wrong in any.

In every run each state is looked at in one way, the main ones in all; `make test-all` looks at
every state in every way.
"""

import re
from collections.abc import Callable, Mapping

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

Opener = Callable[[Page], object]

WAYS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "narrow": {"viewport": {"width": 390, "height": 844}},
    "zoomed": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
}
EACH_WAY = pytest.mark.parametrize(
    ("way", "whole"),
    [(way, False) for way in WAYS]
    + [pytest.param(way, True, marks=pytest.mark.slow) for way in WAYS],
)
REFUSED = re.compile(r"the server responded with a status of 40[0345]")


def share(
    states: Mapping[str, Opener], way: str, *, whole: bool, always: tuple[str, ...] = ()
) -> dict[str, Opener]:
    """Give the states that `way` looks at: all, or every fourth and those of `always`."""
    turn = list(WAYS).index(way)
    return {
        name: opener
        for number, (name, opener) in enumerate(states.items())
        if whole or name in always or number % len(WAYS) == turn
    }


def look_at(page: Page, states: Mapping[str, Opener]) -> None:
    """Open each state: no rule and no element is excluded, and no refusal counts as an error."""
    found = {}
    for name, opener in states.items():
        opener(page)
        page.wait_for_load_state()
        said = [problem for problem in page.problems if not REFUSED.search(problem)]
        rows = [(v["id"], [n["html"][:150] for n in v["nodes"][:3]]) for v in violations(page)]
        found[name] = [*said, *rows, *too_wide(page)]
        # axe itself adds a style to the page, which the policy refuses, as it should.
        page.problems.clear()
    wrong = {name: rows for name, rows in found.items() if rows}
    assert wrong == {}, wrong


def violations(page: Page) -> list[dict]:
    """Give what axe finds on the page as it stands."""
    return Axe().run(page).response["violations"]


def too_wide(page: Page) -> list[str]:
    """Say by how much the page has to be scrolled sideways; nothing where it fits."""
    wider = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return [f"{wider} px too wide"] if wider > 0 else []
