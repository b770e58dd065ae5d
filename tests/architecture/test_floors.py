"""The house holds: floors, names and sizes (house.md)."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("roles", "accounts", "crm", "rbac_site")
SOURCES = [
    path
    for app in APPS
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts and not any(part.startswith(".") for part in path.parts)
]
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
LINES_MAX, FUNCTION_MAX = 400, 40
DOORS = {
    ("roles", "admin"),
    ("roles", "api"),
    ("roles", "rest_framework"),
    ("roles", "templatetags"),
    ("roles", "backends.py"),
}
WRITES = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}


def named(path):
    return str(path.relative_to(ROOT))


def functions():
    """Give every function with its number of lines."""
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{named(path)}:{node.name}", node.end_lineno - node.lineno + 1


def imports(tree):
    """Give what a file imports: (module, name, alias)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", a.name, a.asname) for a in node.names)
        elif isinstance(node, ast.Import):
            yield from ((a.name, "", a.asname) for a in node.names)


def calls(tree):
    """Give the names of the methods that a file calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr


def contracts():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]


# Floors


def test_every_floor_imports_only_floors_below_it():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "0 broken" in done.stdout and f"{len(contracts()['contracts'])} kept" in done.stdout


def test_the_contracts_speak_of_every_app_and_every_floor_of_roles():
    assert set(contracts()["root_packages"]) == set(APPS)
    (floors,) = [c for c in contracts()["contracts"] if c["id"] == "floors"]
    said = {name for layer in floors["layers"] for name in layer.replace("|", ":").split(":")}
    said = {name.strip() for name in said} | set(floors["exhaustive_ignores"])
    there = {
        path.stem
        for path in (ROOT / "roles").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert there - {"__init__"} <= said
    assert floors["exhaustive"]


@pytest.mark.parametrize("door", ["rest_framework", "api"])
def test_a_door_stands_on_the_fifth_floor_as_soon_as_it_exists(door):
    (floors,) = [c for c in contracts()["contracts"] if c["id"] == "floors"]
    exists = (ROOT / "roles" / door).exists() or (ROOT / "roles" / f"{door}.py").exists()
    assert (door in floors["layers"][0]) == exists


def test_the_core_is_pure_python():
    """Not Django, and nothing of roles outside the core: it is tested without a database."""
    core = [path for path in SOURCES if (ROOT / "roles/core") in path.parents]
    assert len(core) > 10
    for path in core:
        for module, *_name in imports(TREES[path]):
            assert not module.startswith(("django", "rest_framework")), named(path)
            assert module.split(".")[0] not in APPS, named(path)


def test_a_door_that_writes_calls_a_service():
    """House: admin, API, commands and imports all call the services; nothing else writes."""
    doors = [path for path in SOURCES if path.relative_to(ROOT).parts[:2] in DOORS]
    assert doors
    for path in doors:
        assert not set(calls(TREES[path])) & WRITES, named(path)


# Names


def test_a_thing_lives_where_its_concept_lives():
    assert not [named(p) for p in SOURCES if p.stem in {"utils", "helpers", "common", "misc"}]


def test_djangos_permission_is_imported_under_another_name_in_roles():
    found = {
        named(path): alias
        for path in SOURCES
        if path.relative_to(ROOT).parts[0] == "roles"
        for module, name, alias in imports(TREES[path])
        if module == "django.contrib.auth.models" and name == "Permission"
    }
    assert found
    assert set(found.values()) == {"AuthPermission"}


def test_roles_knows_no_app_above_it():
    for path in SOURCES:
        if path.relative_to(ROOT).parts[0] == "roles":
            assert not [m for m, *_ in imports(TREES[path]) if m.split(".")[0] in APPS[1:]], path


# Sizes


def test_no_file_is_longer_than_400_lines():
    lengths = {named(path): len(path.read_text().splitlines()) for path in SOURCES}
    assert {path: n for path, n in lengths.items() if n > LINES_MAX} == {}
    assert max(lengths.values()) > 100  # they were read


def test_functions_are_short():
    lengths = dict(functions())
    assert {name: n for name, n in lengths.items() if n > FUNCTION_MAX} == {}
    assert median(lengths.values()) < 10
    short = [n for n in lengths.values() if n < 20]
    assert len(short) >= 0.9 * len(lengths)
