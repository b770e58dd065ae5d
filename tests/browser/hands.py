"""Two ways to use a page: with the mouse, and with the keyboard alone.

Both find things by what a person sees or hears: names of boxes, fields and buttons.
"""

from playwright.sync_api import Locator, Page

TABS_MAX = 700

HAS_FOCUS = (
    "element => element === document.activeElement || element.contains(document.activeElement)"
)
LIES_BEHIND = """element => !document.activeElement || document.activeElement === document.body
    || !(element.compareDocumentPosition(document.activeElement)
         & Node.DOCUMENT_POSITION_FOLLOWING)"""


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
        """Tab forwards or backwards until `control` has the focus."""
        control.wait_for()
        key = "Tab" if control.evaluate(LIES_BEHIND) else "Shift+Tab"
        for _step in range(TABS_MAX):
            if control.evaluate(HAS_FOCUS):
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"{control} is not reached with {TABS_MAX} times {key}")

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
        for _step in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
