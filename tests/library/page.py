"""What docs/adopting.md says that can be tried."""

import re

from .places import PAGE


def _text():
    return PAGE.read_text(encoding="utf-8")


def blocks(*languages):
    """Give the blocks of the page in these languages."""
    found = re.findall(r"^```(\w+)\n(.*?)^```$", _text(), re.DOTALL | re.MULTILINE)
    return [text for language, text in found if language in languages]


def documented_checks():
    """Give the ids of the page's table of checks."""
    return re.findall(r"^\| `(roles\.[EW]\d+)`", _text(), re.MULTILINE)


def named_file(block):
    """Give the file that the block's first line names, if it does."""
    found = re.fullmatch(r"(?:# |\{# )(\w+(?:/\w+)*\.\w+)(?: #\})?", block.splitlines()[0])
    return found and found[1]
