"""Two ways to use a page: with the mouse, and with the keyboard alone.

Both find things by what a person sees or hears: names of boxes, fields and buttons.
"""

from playwright.sync_api import Locator, Page

NEAR = 12
"""How far off the estimate of the way may be, in presses."""

HAS_FOCUS = """target => target === document.activeElement
    || target.contains(document.activeElement)"""

# How many times Tab has to be pressed, less than nothing for backwards: the shorter way round.
DISTANCE = """target => {
    const able = 'a[href], button, input, select, textarea, summary, [tabindex]';
    const stops = [...document.querySelectorAll(able)].filter(
        stop => !stop.disabled && stop.tabIndex >= 0 && stop.checkVisibility());
    const at = place => stops.findIndex(stop => place === stop || place.contains(stop));
    const steps = at(target) - stops.indexOf(document.activeElement);
    const round = stops.length + 1;
    const shorter = steps > round / 2 ? steps - round : steps < -round / 2 ? steps + round : steps;
    return shorter;
}"""

# The same for arrow keys, where the focus is in a cell of the grid and the target is too.
OVER_THE_GRID = """target => {
    const here = document.activeElement.closest('.grid-cell'), there = target.closest('.grid-cell');
    if (!here || !there) return null;
    const rows = [...document.querySelectorAll('.grid-row')].filter(row => row.checkVisibility());
    const line = cell => rows.indexOf(cell.closest('.grid-row'));
    return [line(there) - line(here), there.cellIndex - here.cellIndex];
}"""


class Mouse:
    """Click, type and choose."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, control: Locator) -> None:
        """Press a button, follow a link, open a row."""
        control.click()

    def tick(self, box: Locator, ticked: bool = True) -> None:
        """Tick a box, or untick it."""
        box.set_checked(ticked)

    def write(self, field: Locator, text: str) -> None:
        """Replace what stands in a field."""
        field.fill(text)

    def choose(self, select: Locator, value: str) -> None:
        """Choose an option by its value."""
        select.select_option(value)


class Keyboard:
    """Tab to what is meant and use keys only; the mouse is never touched."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, control: Locator) -> None:
        """Go to `control` with Tab, the shorter way round, or over the grid with arrows."""
        control.wait_for()
        if over := control.evaluate(OVER_THE_GRID):
            self._repeat(over[0], "ArrowDown", "ArrowUp")
            self._repeat(over[1], "ArrowRight", "ArrowLeft")
        if control.evaluate(HAS_FOCUS):
            return
        away = control.evaluate(DISTANCE)
        forwards = away > 0
        self._repeat(away - NEAR if forwards else away + NEAR, "Tab", "Shift+Tab", only=forwards)
        for _step in range(3 * NEAR):
            if control.evaluate(HAS_FOCUS):
                return
            self.page.keyboard.press("Tab" if forwards else "Shift+Tab")
        raise AssertionError(f"{control} is not reached: it was {away} away")

    def _repeat(self, times: int, more: str, less: str, *, only: bool | None = None) -> None:
        """Press one key for a positive number and the other for a negative one."""
        if only is not None and (times > 0) is not only:
            return
        for _time in range(abs(times)):
            self.page.keyboard.press(more if times > 0 else less)

    def press(self, control: Locator) -> None:
        """Press a button, follow a link, open a row."""
        self.reach(control)
        self.page.keyboard.press("Enter")

    def tick(self, box: Locator, ticked: bool = True) -> None:
        """Tick a box, or untick it."""
        self.reach(box)
        if box.is_checked() != ticked:
            self.page.keyboard.press("Space")

    def write(self, field: Locator, text: str) -> None:
        """Replace what stands in a field."""
        self.reach(field)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def choose(self, select: Locator, value: str) -> None:
        """Walk through the options to the one with this value."""
        self.reach(select)
        values = select.evaluate("select => [...select.options].map(option => option.value)")
        steps = values.index(value) - select.evaluate("select => select.selectedIndex")
        self._repeat(steps, "ArrowDown", "ArrowUp")
