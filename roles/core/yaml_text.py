"""YAML without surprises; imported only where YAML is read or written, since PyYAML is an extra.

PyYAML reads YAML 1.1, in which `020` is 16 and `12:30` is 750; readers of YAML 1.2 see something
else. Such numbers are refused, as are doubled keys, anchors, aliases and tags of one's own.
`yes`, `no`, `on` and `off` are bools only where a bool is due.
"""

import math
import re
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, NoReturn

import yaml
from yaml.reader import Reader

from .errors import DocumentError
from .reading import Switch, show

# The loader in C reads a big file about seven times as fast; not every PyYAML has it.
if TYPE_CHECKING:
    Loader = yaml.SafeLoader
else:
    Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

DEPTH_MAX = 50
_CORE = "tag:yaml.org,2002:"
_LINE_ENDS = re.compile("[\r\x85\u2028\u2029\ufeff]")
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*|0x[0-9a-fA-F]+)")
_DECIMAL = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


class PolicyLoader(Loader):
    """A safe loader that refuses what could be read in two ways."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Build a mapping; refuse a key that is given twice or is no plain value."""
        found: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                _refuse(key_node.start_mark, "A key must be text, not a list or a mapping.")
            key = self.construct_object(key_node)
            if key in found:
                _refuse(key_node.start_mark, f"The key {show(key)} is given twice here; keep one.")
            found[key] = self.construct_object(value_node, deep=deep)
        return found

    def construct_bool(self, node: yaml.ScalarNode) -> bool | Switch:
        """Read `true` and `false`; leave `yes`, `no`, `on`, `off` to whoever reads the value."""
        word = node.value.lower()
        return word == "true" if word in ("true", "false") else Switch(node.value)

    def construct_whole(self, node: yaml.ScalarNode) -> int:
        """Read a whole number written in plain decimal or in hexadecimal digits."""
        if not _WHOLE.fullmatch(node.value):
            _refuse(node.start_mark, _ambiguous(node.value))
        try:
            return int(self.construct_yaml_int(node))
        except ValueError:  # Python reads no number of more than some thousand digits
            _refuse(node.start_mark, f"The number {show(node.value)} is too great to be read.")

    def construct_decimal(self, node: yaml.ScalarNode) -> float:
        """Read a finite number written in plain decimal digits."""
        if not _DECIMAL.fullmatch(node.value):
            _refuse(node.start_mark, _ambiguous(node.value))
        number = float(node.value)
        if not math.isfinite(number):
            _refuse(node.start_mark, f"The number {show(node.value)} is too great to be read.")
        return number

    def construct_moment(self, node: yaml.ScalarNode) -> Any:
        """Read a date or a moment that the calendar has."""
        try:
            return self.construct_yaml_timestamp(node)
        except (ValueError, OverflowError) as error:
            _refuse(node.start_mark, f"{show(node.value)} is no date: {error}.")

    def construct_unknown(self, node: yaml.Node) -> NoReturn:
        """Refuse what YAML 1.1 takes for more than plain data: `<<` and `=`."""
        _refuse(node.start_mark, "<< and = have no meaning here; put quotes if they are text.")


PolicyLoader.yaml_constructors = {
    f"{_CORE}null": Loader.construct_yaml_null,
    f"{_CORE}bool": PolicyLoader.construct_bool,
    f"{_CORE}int": PolicyLoader.construct_whole,
    f"{_CORE}float": PolicyLoader.construct_decimal,
    f"{_CORE}timestamp": PolicyLoader.construct_moment,
    f"{_CORE}str": Loader.construct_yaml_str,
    f"{_CORE}seq": Loader.construct_yaml_seq,
    f"{_CORE}map": Loader.construct_yaml_map,
    None: PolicyLoader.construct_unknown,
}


class PolicyDumper(yaml.SafeDumper):
    """A dumper without aliases, which the loader refuses, and with indented lists."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write equal values each time in full."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent the items of a list under its key."""
        super().increase_indent(flow, False)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # In any other style PyYAML writes these as they are, and reads them back as a plain line end.
    style = '"' if _LINE_ENDS.search(text) else None
    return dumper.represent_scalar(f"{_CORE}str", text, style=style)


PolicyDumper.add_representer(str, _represent_text)


def read_yaml(text: str) -> Any:
    """Parse one YAML document into plain values; every refusal names its line and column."""
    _refuse_characters(text)
    try:
        _refuse_references(text)
        return yaml.load(text, PolicyLoader)  # noqa: S506 (a subclass of the safe loader)
    except yaml.MarkedYAMLError as error:
        place = _place(error.problem_mark or error.context_mark)
        raise DocumentError(place, f"This is not YAML: {error.problem}.") from error


def write_yaml(document: Any) -> str:
    """Write a document as YAML in block style; equal documents give equal text."""
    # The dumper is always the one in Python: the one in C folds long lines differently.
    return yaml.dump(
        document, Dumper=PolicyDumper, sort_keys=False, allow_unicode=True, width=100, indent=2
    )


def _refuse_characters(text: str) -> None:
    found = Reader.NON_PRINTABLE.search(text)
    if found:
        before = text[: found.start()]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise DocumentError(
            f"line {line}, column {column}",
            f"YAML has no character {found.group()!r}; remove it or write it as an escape.",
        )


def _refuse_references(text: str) -> None:
    """Refuse anchors, aliases, tags and deep nesting before anything is built from them."""
    depth = 0
    for event in yaml.parse(text, Loader):
        if getattr(event, "anchor", None) is not None:
            _refuse(event.start_mark, "Anchors and aliases are not read; write the value in full.")
        tag = getattr(event, "tag", None)
        if tag is not None:
            _refuse(event.start_mark, f"The tag {show(tag)} is not read here; remove it.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEPTH_MAX:
            _refuse(event.start_mark, f"This is nested more than {DEPTH_MAX} levels deep.")


def _ambiguous(digits: str) -> str:
    return (
        f"The number {show(digits)} is read differently by different readers of YAML. Write it in "
        "plain decimal digits without leading zeros, or in quotes if it is text."
    )


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""


def _refuse(mark: Any, message: str) -> NoReturn:
    raise DocumentError(_place(mark), message)
