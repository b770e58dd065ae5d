"""Text becomes plain values in one way only, or an error that names its line."""

import builtins
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from roles.core.document import load_text, to_json, to_yaml

from .small import refused


def test_yaml_is_read():
    assert load_text("a: 1\nb: [x, 1.5, true, null]\n") == {"a": 1, "b": ["x", 1.5, True, None]}


def test_json_is_read_by_the_end_of_the_name():
    assert load_text('{"a":\t[1, "x"]}', name="policy.JSON") == {"a": [1, "x"]}
    with refused("line 1, column 1", "not JSON"):
        load_text("a: 1", name="policy.json")


def test_byte_order_mark_is_skipped():
    assert load_text("\ufeffa: 1") == load_text('\ufeff{"a": 1}', name="a.json") == {"a": 1}


def test_dates_and_moments_are_read():
    assert load_text("2026-03-01") == date(2026, 3, 1)
    assert load_text("2026-03-01T12:00:00Z") == datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2", "line 4, column 3", "'c' is given twice"),
        ("{a: 1, 'a': 2}", "line 1, column 8", "'a' is given twice"),
        ("a: &x 1", "line 1, column 4", "Anchors"),
        ("a: *x", "line 1, column 4", "Anchors"),
        ("a: &x [1]\nb: *x", "line 1, column 4", "Anchors"),
        ("<<: {a: 1}", "line 1, column 1", "<<"),
        ("a: =", "line 1, column 4", "quotes"),
        ("a: !!str 1", "line 1, column 4", "tag"),
        ("a: !!python/object/apply:os.system [ls]", "line 1, column 4", "tag"),
        ("? [a]\n: 1", "line 1, column 3", "key"),
        ("a: 1\n---\nb: 2", "line 2, column 1", "not YAML"),
        ("a: b: c", "line 1, column 5", "not YAML"),
        ("a: 1\nb: \0", "line 2, column 4", "\\x00"),
        ("a: \ud800", "line 1, column 4", "\\ud800"),
        ("a: 2026-02-30", "line 1, column 4", "no date"),
        ("a: 020", "line 1, column 4", "leading zeros"),
        ("a: 0b11", "line 1, column 4", "'0b11'"),
        ("a: 1_000", "line 1, column 4", "'1_000'"),
        ("a: 12:30", "line 1, column 4", "'12:30'"),
        ("a: .nan", "line 1, column 4", "'.nan'"),
        ("a: -.inf", "line 1, column 4", "'-.inf'"),
        ("a: 1.0e+999", "line 1, column 4", "too great"),
        ("a: " + "9" * 5000, "line 1, column 4", "too great"),
        ("[" * 51, "line 1, column 51", "nested"),
    ],
)
def test_yaml_with_two_meanings_or_none_is_refused(text, place, word):
    with refused(place, word):
        load_text(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: '020'", {"a": "020"}),
        ("a: 20", {"a": 20}),
        ("a: -0", {"a": 0}),
        ("a: 0x1F", {"a": 31}),
        ("a: '12:30'", {"a": "12:30"}),
        ("a: 1.0e+9", {"a": 1e9}),
        ("'<<': 1", {"<<": 1}),
        ("[" * 50 + "]" * 50, None),
        ("a: {b: 1}\nc: {b: 1}", {"a": {"b": 1}, "c": {"b": 1}}),
    ],
)
def test_yaml_with_one_meaning_is_read(text, value):
    found = load_text(text)
    assert value is None or found == value


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ('{"a": [{"b": 1, "b": 2}]}', "a[0].b", "given twice"),
        ('{"x y": {"b": 1, "b": 1}}', "['x y'].b", "given twice"),
        ("[NaN]", "", "NaN"),
        ("[-Infinity]", "", "-Infinity"),
        ("[1e999]", "", "too great"),
        ("[" + "9" * 5000 + "]", "", "too great"),
        ("[" * 100_000, "", "nested"),
        ('{"a":\n 1,}', "line 2, column 4", "not JSON"),
    ],
)
def test_json_with_two_meanings_or_none_is_refused(text, place, word):
    with refused(place, word):
        load_text(text, name="a.json")


def test_same_key_in_two_objects_of_json_is_read():
    assert load_text('[{"b": 1}, {"b": 1e3}]', name="a.json") == [{"b": 1}, {"b": 1000.0}]


def test_yaml_without_pyyaml_names_the_extra(monkeypatch):
    real = builtins.__import__

    def without_yaml(name, *args, **kwargs):
        if name.endswith("yaml_text"):
            raise ModuleNotFoundError("No module named 'yaml'", name="yaml")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_yaml)
    with refused("", "`yaml` extra", ".json"):
        load_text("a: 1")
    with refused("", "`yaml` extra"):
        to_yaml({"a": 1})
    assert load_text('{"a": 1}', name="a.json") == {"a": 1}
    assert to_json({"a": 1}) == '{\n  "a": 1\n}\n'


def test_pyyaml_is_not_imported_before_yaml_is_read():
    program = (
        "import sys; import roles.core.worlds; from roles.core.document import load_text;"
        "load_text('{}', name='a.json'); assert 'yaml' not in sys.modules;"
        "load_text('a: 1'); assert 'yaml' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_yaml_is_read_the_same_without_the_loader_in_c():
    program = (
        "import yaml; del yaml.CSafeLoader;"
        "from roles.core.document import load_text;"
        "from roles.core.errors import DocumentError;"
        "from roles.core.yaml_text import PolicyLoader;"
        "assert yaml.SafeLoader in PolicyLoader.__mro__;"
        "assert load_text('a: [1, off]') == {'a': [1, 'off']};\n"
        "for text in ('a: &x 1', '{a: 1, a: 2}', '[' * 51, 'a: 020', 'a: !!str x', 'a: [1'):\n"
        "    try:\n"
        "        load_text(text)\n"
        "    except DocumentError as error:\n"
        "        assert error.place.startswith('line 1, column '), error\n"
        "    else:\n"
        "        raise SystemExit(text)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_written_yaml_has_no_aliases_and_keeps_order_and_text():
    same = ["x"]
    document = {"b": same, "a": same, "words": ["no", "020", "12:30", "é", "a: b", " x", "l\nm"]}
    document["ends"] = ["\x85", "a\u2028b", "\r\n", "\ufeff"]
    text = to_yaml(document)
    assert text.startswith("b:\n  - x\na:\n  - x\n")
    assert "é" in text
    assert load_text(text) == document
    assert load_text(to_json(document), name="a.json") == document
