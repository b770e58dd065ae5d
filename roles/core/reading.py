"""Read values of a document strictly: each refusal names the place, the rule and the way out."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from typing import Any, NoReturn

from .errors import DocumentError

_PLAIN_KEY = re.compile(r"[\w*-]+")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_SHOWN_MAX = 60


class Switch(str):
    """A bare `yes`, `no`, `on` or `off`: a bool to YAML 1.1, a text to YAML 1.2.

    Whoever reads it settles it: it is a bool where one is due, else the text that it looks like,
    so that a user may be called `no` and `active: yes` means what it says.
    """

    __slots__ = ()

    @property
    def is_on(self) -> bool:
        """Whether it stands for true."""
        return self.lower() in ("yes", "on")


@dataclass(frozen=True, slots=True)
class Part:
    """A value of a document with its place in it, such as `roles[2].permissions[0]`."""

    value: Any
    place: str = ""

    def refuse(self, message: str) -> NoReturn:
        """Raise the error that stands at this place."""
        raise DocumentError(self.place, message)

    def at(self, key: str) -> "Part":
        """Give the place under `key`, to refuse what a reader of the whole found out later."""
        return Part(None, place_of(self.place, key))

    def entries(self) -> dict[str, "Part"]:
        """Read a mapping with keys of any name, which must be text."""
        if not isinstance(self.value, Mapping):
            self._expected("a mapping of keys to values")
        for key in self.value:
            if not isinstance(key, str):
                self.refuse(
                    f"The key {show(key)} is not text. Put it in quotes if it is meant to be."
                )
            self._refuse_unstorable(key)
        items = ((str(key), item) for key, item in self.value.items())
        return {key: Part(item, place_of(self.place, key)) for key, item in items}

    def mapping(self, keys: Collection[str], required: Iterable[str] = ()) -> dict[str, "Part"]:
        """Read a mapping that has no other keys than `keys`, and all of `required`."""
        parts = self.entries()
        for key, part in parts.items():
            if key not in keys:
                part.refuse(
                    f"There is no key {show(key)} here.{suggest(key, keys)} "
                    f"The keys are {', '.join(keys)}."
                )
        for key in required:
            if key not in parts:
                self.refuse(f"The key {key!r} is missing; it must be given.")
        return parts

    def items(self) -> list["Part"]:
        """Read a list."""
        if not isinstance(self.value, list | tuple):
            self._expected("a list")
        return [Part(item, f"{self.place}[{i}]") for i, item in enumerate(self.value)]

    def text(self, longest: int | None = None) -> str:
        """Read a text, empty or not, that any database can store."""
        if not isinstance(self.value, str):
            self._expected("text", " Put it in quotes if it is meant to be text.")
        self._refuse_unstorable(self.value)
        if longest is not None:
            self._refuse_long(self.value, longest)
        return str(self.value)

    def line(self, longest: int) -> str:
        """Read one trimmed line of 1 to `longest` characters."""
        line = self.text().strip()
        if not line:
            self.refuse("This is empty; give it at least one character.")
        self._refuse_long(line, longest)
        control = next((c for c in line if c < " " or "\x7f" <= c <= "\x9f"), None)
        if control is not None:
            self.refuse(f"The control character {control!r} has no place here; remove it.")
        return line

    def whole(self, lowest: int, highest: int) -> int:
        """Read a whole number from `lowest` to `highest`; a bool is none."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            self._expected("a whole number")
        if not lowest <= self.value <= highest:
            self.refuse(f"{show(self.value)} is out of range; choose from {lowest} to {highest}.")
        return int(self.value)

    def flag(self) -> bool:
        """Read a bool; no number and no quoted text stands for one."""
        if isinstance(self.value, Switch):
            return self.value.is_on
        if not isinstance(self.value, bool):
            self._expected("true or false")
        return bool(self.value)

    def one_of(self, known: Collection[str], what: str) -> str:
        """Read a text that is one of `known`; `what` is the kind of thing in words."""
        text = self.text()
        if text not in known:
            self.refuse(f"There is no {what} {show(text)}.{suggest(text, known)}{listed(known)}")
        return text

    def each_of(self, known: Collection[str], what: str) -> tuple[str, ...]:
        """Read a list of some of `known`; what it repeats counts once."""
        return tuple(dict.fromkeys(item.one_of(known, what) for item in self.items()))

    def distinct(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Give the texts read from this list, and refuse one that stands in it twice."""
        found: dict[str, int] = {}
        for index, text in enumerate(texts):
            if text in found:
                Part(text, f"{self.place}[{index}]").refuse(
                    f"{show(text)} stands in this list already, as number {found[text] + 1}; "
                    "remove one of them."
                )
            found[text] = index
        return tuple(found)

    def moment(self) -> datetime:
        """Read a date and time, of ISO 8601 if it is text; without a zone it is UTC."""
        moment = self._datetime()
        if moment.tzinfo is None:
            return moment.replace(tzinfo=UTC)
        try:
            return moment.astimezone(UTC)
        except (OverflowError, ValueError):
            self.refuse(f"{moment.isoformat()} is no moment of the years 1 to 9999 in UTC.")

    def _datetime(self) -> datetime:
        if isinstance(self.value, datetime):
            return self.value
        if isinstance(self.value, date):
            return datetime.combine(self.value, time())
        if isinstance(self.value, str):
            try:
                return datetime.fromisoformat(self.value)
            except ValueError:
                pass
        self._expected("a date and time such as 2026-03-01T12:00:00Z")

    def _refuse_unstorable(self, text: str) -> None:
        found = _UNSTORABLE.search(text)
        if found:
            self.refuse(f"The character {found.group()!r} cannot be stored; remove it.")

    def _refuse_long(self, text: str, longest: int) -> None:
        if len(text) > longest:
            self.refuse(f"This has {len(text)} characters; shorten it to at most {longest}.")

    def _expected(self, what: str, way_out: str = "") -> NoReturn:
        self.refuse(f"This must be {what}, not {show(self.value)}.{way_out}")


def place_of(place: str, key: str) -> str:
    """Give the place of the value under `key` of the mapping at `place`."""
    if not _PLAIN_KEY.fullmatch(key):
        return f"{place}[{key!r}]"
    return f"{place}.{key}" if place else key


_BITS_MAX = 256


def show(value: object) -> str:
    """Give a value as it stands in a message: short, and null, true and false as in a file."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, int) and value.bit_length() > _BITS_MAX:
        return f"a number of {value.bit_length()} bits"  # Python writes none that is so long
    shown = value.isoformat() if isinstance(value, date) else repr(value)
    return shown if len(shown) <= _SHOWN_MAX else f"{shown[: _SHOWN_MAX - 1]}…"


def suggest(word: str, known: Iterable[str]) -> str:
    """Give a sentence that names the most similar of `known`, or nothing."""
    near = get_close_matches(word[:200], sorted(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]!r}?" if near else ""


def listed(known: Collection[str]) -> str:
    """Give a sentence that lists `known` where they are few enough to read."""
    return f" Choose one of {', '.join(sorted(known))}." if 0 < len(known) <= 8 else ""
