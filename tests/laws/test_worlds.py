"""Test that the oracle stands alone and that generated worlds are worth asking about."""

import ast
import json
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from . import catalogue, oracle, worlds

HERE = Path(__file__).parent
ORACLE = ("catalogue", "people", "effects", "oracle", "by_hand", "delegation")
WORLDS = ("vocabulary", "questions", "worlds", "delegated")

steady = settings(
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def imports(name):
    """List the top-level packages that one of our modules imports; siblings as a dot and name."""
    found = set()
    for node in ast.walk(ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.ImportFrom):
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found |= {"." * node.level + name for name in names}
    return found


@pytest.mark.parametrize("name", [*ORACLE, *WORLDS])
def test_nothing_of_the_product_is_imported(name):
    siblings = {f".{other}" for other in (*ORACLE, *(WORLDS if name in WORLDS else ()))}
    allowed = siblings | sys.stdlib_module_names | ({"hypothesis"} if name in WORLDS else set())
    assert imports(name) <= allowed


def test_the_catalogue_has_what_its_text_counts():
    assert len(catalogue.MODULES) == 18
    assert len(catalogue.RECORD_MODULES) == 11
    assert len(catalogue.FEATURES) == 17
    assert len(catalogue.MODULE_PERMISSIONS) == 87
    assert set(catalogue.FIELDS) == set(catalogue.RECORD_MODULES)
    assert catalogue.BUILT_IN_ROLES["guest"]["permissions"] == ["profile.view"]
    assert "passwords.manage" not in catalogue.BUILT_IN_ROLES["administrator"]["permissions"]
    assert len(catalogue.BUILT_IN_ROLES["owner"]["permissions"]) == len(
        catalogue.SYSTEM_PERMISSIONS
    )


@pytest.mark.parametrize("kind", ["questions", "record_questions"])
def test_a_fifth_of_answers_is_yes_and_a_fifth_no(kind):
    tally = Counter()

    @steady
    @given(st.data())
    def collect(data):
        document = data.draw(worlds.documents(records=kind == "record_questions"))
        for _ in range(6):
            check = data.draw(getattr(worlds, kind)(document))
            tally[bool(oracle.answer(document, check))] += 1

    collect()
    assert min(tally[True], tally[False]) * 5 >= tally.total()


@pytest.mark.parametrize("records", [False, True])
def test_documents_say_only_what_a_policy_file_may(records):
    @steady
    @given(worlds.documents(records=records))
    def read(document):
        json.dumps(document, default=str)
        codes = [role["code"] for role in document["roles"]]
        assert len(codes) == len(set(codes))
        for code in codes:
            oracle.chain(document, code)
        for row in document["world"]["users"].values():
            assert len(row["roles"]) == len(
                {r["role"] if isinstance(r, dict) else r for r in row["roles"]}
            )

    read()


@steady
@given(st.data())
def test_another_role_never_takes_a_yes_away(data):
    """R4, R15: what one holds besides can only add; so adding a role keeps every yes."""
    document = data.draw(worlds.documents(records=True))
    checks = data.draw(st.lists(worlds.record_questions(document), max_size=4))
    before = [oracle.answer(document, check) for check in checks]
    for row in document["world"]["users"].values():
        row["roles"] = [*row["roles"], "manager"]
    for check, answer in zip(checks, before, strict=True):
        after = oracle.answer(document, check)
        assert set(answer) <= set(after) if isinstance(answer, list) else after >= answer


@steady
@given(st.data())
def test_a_list_holds_what_the_single_check_says_yes_to(data):
    """R22, and R14: who may not view a record may edit, delete or export none of it."""
    document = data.draw(worlds.documents(records=True))
    user = data.draw(st.sampled_from([*document["world"]["users"], None]))
    for module in ("contacts", "tasks"):
        seen = oracle.answer(document, {"user": user, "list": module})
        for action in ("edit", "delete", "export"):
            listed = oracle.answer(document, {"user": user, "list": module, "action": action})
            assert set(listed) <= set(seen)
