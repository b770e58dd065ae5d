"""R11: how the names of privileges and roles are compared, accepted and refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roles.core.names import (
    NameHint,
    NameProblem,
    Shadows,
    find_hint,
    find_problem,
    key_of,
    normalise,
    split_names,
)

NOBODYS = Shadows()
TAKEN = Shadows(
    system=frozenset({"contacts.view", "contacts.invite", "reports.export", "leave.approve"}),
    django=frozenset({"auth.view_group"}),
)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("report.export", "report.export"),
        ("Report.EXPORT", "report.export"),
        ("  report.export\t", "report.export"),
        ("\u3000report.export\u00a0", "report.export"),  # wide and non-breaking blanks
        ("\uff52eport.\uff45xport", "report.export"),  # full-width letters
        ("report\uff0eexport", "report.export"),  # a full-width full stop
        ("o\ufb03ce", "office"),  # the ligature ffi
        ("e\u0301quipe", "\u00e9quipe"),  # a letter and its accent are one letter
        ("STRA\u1e9eE", "strasse"),  # capital sharp s
        ("stra\u00dfe", "strasse"),
        ("\u03a3\u03a3", "\u03c3\u03c3"),  # final and other sigma are one
        ("\u03c3\u03c2", "\u03c3\u03c3"),
        ("\u2160", "i"),  # the Roman numeral one
        ("\uff76\uff9e", "\u30ac"),  # half-width katakana
        ("\u2075", "5"),  # superscript five
    ],
)
def test_names_are_compared_folded(written, folded):
    assert normalise(written) == folded


@given(st.text(max_size=20))
def test_folding_a_folded_name_changes_nothing(name):
    assert normalise(normalise(name)) == normalise(name)


@given(st.text(st.characters(max_codepoint=0x24F), max_size=20))
def test_latin_names_in_any_case_are_one_name(name):
    assert normalise(name.upper()) == normalise(name.upper().lower())


def test_folding_needs_its_second_pass():
    # Case-folding takes this Greek letter into three parts; only NFKC joins them again (R11).
    assert len("\u0390".casefold()) == 3
    assert normalise("\u0390") == normalise("\u03ca\u0301") == "\u0390"


@pytest.mark.parametrize(
    "name",
    [
        "report.export",
        "a",
        "x" * 100,
        "7",
        "app.crm-2_b:c",
        "équipe.ventes",
        "отчёт.экспорт",
        "αναφορά.εξαγωγή",
        "レポート.ひらく.報告",  # katakana, hiragana and kanji are one Japanese script
        "보고서.漢字",
        "报告.ㄅ",
        "تقرير.1",
        "report.٣",  # digits belong to no script
    ],
)
def test_names_of_one_script_are_accepted(name):
    assert find_problem(normalise(name), NOBODYS) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "empty"),
        ("x" * 101, "long"),
        ("report export", "character"),
        ("report/export", "character"),
        ("report*", "character"),
        ("a,b", "character"),
        ("report.\u200bexport", "character"),  # a blank of no width
        ("report.\u202eexport", "character"),  # turns the writing direction
        ("report\x00", "character"),
        ("report.\u0bf0", "character"),  # a number that is no digit
        ("report.\U0001f600", "character"),
        ("\u0441ontacts.view", "scripts"),  # begins with a Cyrillic s
        ("c\u03bfntacts.view", "scripts"),  # a Greek omicron
        ("ひらくotchet", "scripts"),
        ("レポート.отчёт", "scripts"),
        ("보고서.ひらく", "scripts"),  # Korean and Japanese do not go together
    ],
)
def test_ill_written_names_are_refused(name, code):
    found = find_problem(name, NOBODYS)
    assert found is not None
    assert (found.code, found.name) == (code, name)


def test_a_refusal_names_the_offending_character_and_scripts():
    assert find_problem("a b", NOBODYS) == NameProblem("character", "a b", " ")
    mixed = find_problem("\u0441ontacts", NOBODYS)
    assert mixed.detail == "Cyrillic, Latin"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("contacts.view", "system"),
        ("contacts.invite", "system"),  # does not apply, and is the system's all the same
        ("leave.approve", "system"),
        ("auth.view_group", "django"),
    ],
)
def test_names_of_the_system_and_of_django_are_refused(name, code):
    assert find_problem(name, TAKEN) == NameProblem(code, name, name)
    assert name in TAKEN


@pytest.mark.parametrize("name", ["reports.exports", "auth.view_groups", "contacts", "view"])
def test_near_misses_are_nobodys_names(name):
    assert find_problem(name, TAKEN) is None
    assert name not in TAKEN


@pytest.mark.parametrize("disguise", ["Contacts.View", " contacts.view", "\uff43ontacts.view"])
def test_a_disguised_system_name_is_refused_once_folded(disguise):
    assert find_problem(normalise(disguise), TAKEN).code == "system"


def test_names_without_a_dot_and_near_misses_get_a_hint_and_others_none():
    assert find_hint("crm", TAKEN) == NameHint("no_dot", "crm")
    assert find_hint("reports.exports", TAKEN) == NameHint(
        "near_miss", "reports.exports", "reports.export"
    )
    assert find_hint("invoice.pay", TAKEN) is None
    assert find_hint("reports.export", TAKEN) is None  # refused, not advised


def test_a_list_is_split_at_commas_and_any_white_space_each_name_once_in_its_order():
    text = " b.two,a.one\n\u3000B.Two ;, \t\u00a0c:3,,"
    assert split_names(text) == ("b.two", "a.one", ";", "c:3")
    assert split_names(" ,\n") == ()


@pytest.mark.parametrize(
    "same", ["Équipe", "équipe", "ÉQUIPE", "E\u0301quipe", " équipe ", "\uff25\u0301quipe"]
)
def test_the_names_of_roles_have_one_key_in_any_spelling(same):
    assert key_of(same) == "équipe"


def test_the_keys_of_role_names_keep_words_apart_and_blanks_alike():
    assert key_of("Sales  Rep") == key_of("sales\u00a0rep") == "sales rep"
    assert key_of("SalesRep") != key_of("Sales Rep")
