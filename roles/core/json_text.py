"""JSON that says each thing once and no number that is none."""

import json
import math
from typing import Any, NoReturn

from .errors import DocumentError
from .reading import place_of, show


class _Doubled:
    """Stands in for an object with a key that it has twice, until its place is known."""

    def __init__(self, key: str) -> None:
        self.key = key


def read_json(text: str) -> Any:
    """Parse JSON; refuse a doubled key, `NaN` and the infinities."""
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_number, parse_float=_finite
        )
        _refuse_doubled(value, "")
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise DocumentError(place, f"This is not JSON: {error.msg}.") from error
    except RecursionError as error:
        raise DocumentError("", "This file is nested too deeply to be read.") from error
    except ValueError as error:  # Python reads no number of more than some thousand digits
        raise DocumentError("", "A number in this file is too great to be read.") from error
    return value


def write_json(document: Any) -> str:
    """Write a document as indented JSON; equal documents give equal text."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _object(pairs: list[tuple[str, Any]]) -> Any:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            return _Doubled(key)
        found[key] = value
    return found


def _no_number(word: str) -> NoReturn:
    raise DocumentError("", f"{word} is not a number of JSON; write a finite one.")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise DocumentError("", f"The number {show(digits)} is too great to be read.")
    return number


def _refuse_doubled(value: Any, place: str) -> None:
    if isinstance(value, _Doubled):
        raise DocumentError(
            place_of(place, value.key), f"The key {show(value.key)} is given twice; keep one."
        )
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_doubled(item, place_of(place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _refuse_doubled(item, f"{place}[{index}]")
