"""What a body may be: one JSON object of a bounded size, that says each thing once."""

from typing import Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from ..core.errors import DocumentError
from ..core.json_text import read_json


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
            _plain_text(value)
        except UnicodeError as error:
            raise ParseError("The body is not text in UTF-8.") from error
        except DocumentError as error:
            raise ParseError(str(error)) from error
        return value


def _plain_text(value: Any) -> None:
    """Refuse half of a surrogate pair, which no answer could repeat: `UnicodeEncodeError`."""
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, dict):
        for key, item in value.items():
            _plain_text(key)
            _plain_text(item)
    elif isinstance(value, list):
        for item in value:
            _plain_text(item)
