"""Read the forms of a page as a browser does: what it offers, and what it would post.

A control that is disabled is not posted, one that is read-only cannot be typed into, and of a
choice only what stands there can be chosen. A forger minds none of this.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = ("text", "email", "number", "datetime-local")


class NotOffered(Exception):
    """The page has no such form, control or choice; `str()` says which."""


@dataclass
class Control:
    """One control: `values` are what it posts as it stands, `choices` what could be chosen."""

    name: str
    kind: str
    values: list = field(default_factory=list)
    choices: frozenset = frozenset()
    is_fixed: bool = False
    highest: str = ""

    def takes(self, text):
        """Tell whether somebody can write this into it."""
        is_open = self.kind in TYPED and not self.is_fixed
        return is_open and not (self.highest and int(text) > int(self.highest))


@dataclass
class Form:
    """One form: its controls, and by their plain names its buttons with what they post.

    `moved` counts the choices that were made on it.
    """

    action: str = ""
    controls: list = field(default_factory=list)
    buttons: dict = field(default_factory=dict)
    moved: int = 0

    def offers(self, name):
        """Give what a choice or boxes of this name let somebody choose."""
        open_ones = (one for one in self.controls if one.name == name and not one.is_fixed)
        return frozenset().union(*(one.choices for one in open_ones))

    def chosen(self, name):
        """Give what is posted under a name."""
        return [value for one in self.controls if one.name == name for value in one.values]

    def type(self, name, text, *, forging=False):
        """Write into a field."""
        self._replace(name, [text], forging or any(one.takes(text) for one in self.named(name)))

    def choose(self, name, values, *, forging=False):
        """Choose exactly these, in the select and the boxes of a name together."""
        wanted = {value for value in values if value}
        select = next((c for c in self.named(name) if c.kind == "select" and not c.is_fixed), None)
        boxes = [c for c in self.named(name) if c.kind == "checkbox"]
        ways = (
            list(self._ways(wanted, select, boxes, self._ticked(name))) if self.named(name) else []
        )
        self.moved += min(ways, default=0)
        empty = [""] if select or not boxes else []
        self._replace(
            name, sorted(wanted) or empty, forging or (bool(ways) and bool(self.named(name)))
        )

    def _ticked(self, name):
        return {v for c in self.named(name) if c.kind != "select" for v in c.values if v}

    def _ways(self, wanted, select, boxes, ticked):
        """Count what is moved by each way to choose this: a place of the select, and boxes."""
        open_ones = {value for box in boxes if not box.is_fixed for value in box.choices}
        for first in select.choices if select else ("",):
            rest = wanted - {first}
            moves = (rest ^ ticked) - ({first} & wanted)
            if moves <= open_ones and (not first or first in wanted):
                yield len(moves) + bool(select and [first] != select.values)

    def named(self, name):
        return [one for one in self.controls if one.name == name]

    def posted(self, button=""):
        """Give what a browser posts when this button is pressed."""
        data = {}
        for one in self.controls:
            data.setdefault(one.name, []).extend(one.values)
        name, value = self.buttons.get(button) or ("", "")
        return {key: found for key, found in {**data, name: [value]}.items() if key and found}

    def _replace(self, name, values, may):
        if not may:
            raise NotOffered(f"{values} for {name}")
        self.controls = [one for one in self.controls if one.name != name]
        self.controls.append(Control(name, "hidden", list(values)))


class _Reader(HTMLParser):
    """Collects forms; `_open` is what the text belongs to that comes next."""

    def __init__(self):
        super().__init__()
        self.forms, self._form, self._open, self._select, self._text = [], None, None, None, []

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""))
            self.forms.append(self._form)
        elif self._form is not None and tag in ("input", "textarea", "select", "option", "button"):
            getattr(self, f"_begin_{tag}")(given)

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif self._form is not None and tag in ("textarea", "select", "button"):
            getattr(self, f"_end_{tag}")()

    def handle_data(self, data):
        self._text.append(data)

    def _begin_input(self, given):
        kind, value = given.get("type", "text"), given.get("value", "")
        fixed = "disabled" in given or (kind in TYPED and "readonly" in given)
        if kind == "submit":
            self._form.buttons.setdefault(value, (given.get("name", ""), value))
            return
        if kind == "checkbox":
            values = [value] if "checked" in given and "disabled" not in given else []
            made = Control(given["name"], kind, values, frozenset({value}), fixed)
        else:
            values = [] if "disabled" in given else [value]
            name, highest = given.get("name", ""), given.get("max", "")
            made = Control(name, kind, values, is_fixed=fixed, highest=highest)
        self._form.controls.append(made)

    def _begin_textarea(self, given):
        self._open, self._text = Control(given["name"], "text", is_fixed="readonly" in given), []

    def _end_textarea(self):
        self._open.values = ["".join(self._text).removeprefix("\n")]
        self._form.controls.append(self._open)

    def _begin_select(self, given):
        self._select = Control(given["name"], "select", is_fixed="disabled" in given)

    def _begin_option(self, given):
        value, select = given.get("value", ""), self._select
        if select is None:
            return  # a mere suggestion for a field that is typed
        if "disabled" not in given:
            select.choices |= {value}
        if "selected" in given or not select.values:
            select.values = [value]

    def _end_select(self):
        if self._select.is_fixed:
            self._select.values = []
        self._form.controls.append(self._select)
        self._select = None

    def _begin_button(self, given):
        self._open, self._text = given, []

    def _end_button(self):
        given = self._open
        label = given.get("aria-label") or " ".join("".join(self._text).split())
        if "disabled" not in given:
            self._form.buttons.setdefault(label, (given.get("name", ""), given.get("value", "")))


def forms_of(html):
    """Give the forms of a page."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms
