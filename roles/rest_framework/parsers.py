"""What a body may be: one JSON object of a bounded size, that says each thing once."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser

from ..core.errors import DocumentError
from ..core.json_text import read_json
from .refusals import NUL, WHOLE, no_nul


class StrictJSONParser(BaseParser):
    """Read UTF-8 JSON; refuse doubled keys, numbers that are none and bodies beyond the bound."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Give the value, or say what is wrong with the text (threats 20, 21)."""
        bound = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read() if bound is None else stream.read(bound + 1)
        if bound is not None and len(body) > bound:
            raise ParseError(f"A body has at most {bound} bytes.")
        try:
            text = body.decode()
            value = read_json(text)
            _refuse_half_pairs(value)
        except UnicodeError as error:
            raise ParseError("The body is not text in UTF-8.") from error
        except DocumentError as error:
            raise ParseError(str(error)) from error
        _refuse_nul(value)
        return value


def _refuse_half_pairs(value: Any) -> None:
    """Refuse half of a surrogate pair, which no answer could repeat: `UnicodeEncodeError`."""
    for text in _texts_in(value):
        text.encode()


def _refuse_nul(value: Any) -> None:
    """Refuse texts that no database keeps, each by the name under which it was sent."""
    parts = value if isinstance(value, dict) else {WHOLE: value}
    if errors := {
        WHOLE if NUL in name else name: [no_nul()]
        for name, part in parts.items()
        if NUL in name or any(NUL in text for text in _texts_in(part))
    }:
        raise ValidationError(errors)


def _texts_in(value: Any) -> Iterator[str]:
    """Give every text of a JSON value, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts_in(item)
