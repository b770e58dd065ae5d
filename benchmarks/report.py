"""The tables in `docs/benchmarks.md`, between marks; the words around them are written by hand."""

import os
import platform
from collections.abc import Mapping
from pathlib import Path

from .rows import Cell, Row

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
TITLES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def table(results: Mapping[str, list[Row]]) -> str:
    """Lay the rows of all databases side by side."""
    names = list(results)
    by_key = {name: {(row.goal_id, row.what): row for row in results[name]} for name in names}
    heads = [title for name in names for title in (f"{TITLES[name]}: ours", "Django")]
    lines = [_line(["", "measured", *heads, "goal", "met"])]
    lines.append("| --- | --- |" + " ---: |" * len(heads) + " --- | --- |")
    for key in dict.fromkeys(key for name in names for key in by_key[name]):
        found = {name: by_key[name].get(key) for name in names}
        lines.append(_line([*key, *_figures(found), *_verdict(found)]))
    return "\n".join(lines)


def lists(results: Mapping[str, list[Cell]]) -> str:
    """Give a table of readers and scopes for each database."""
    return "\n\n".join(
        f"{TITLES[name]}:\n\n{_cells(cells)}" for name, cells in results.items() if cells
    )


def _cells(cells: list[Cell]) -> str:
    heads = list(cells[0].figures)
    lines = [_line(["", *heads]), "| --- |" + " ---: |" * len(heads)]
    lines += [_line([cell.reader, *(cell.figures[head] for head in heads)]) for cell in cells]
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _figures(found: Mapping[str, Row | None]) -> list[str]:
    return [
        figure for row in found.values() for figure in ((row.ours, row.django) if row else "  ")
    ]


def _verdict(found: Mapping[str, Row | None]) -> tuple[str, str]:
    rows = {name: row for name, row in found.items() if row is not None}
    goal = next(iter(rows.values())).goal
    answers = {name: row.met for name, row in rows.items()}
    if None in answers.values():
        return goal, ""
    if len(set(answers.values())) == 1:
        return goal, "yes" if all(answers.values()) else "**no**"
    return goal, f"**{', '.join(TITLES[name] for name, met in answers.items() if met)} only**"


def rewrite(texts: Mapping[str, str], versions: Mapping[str, str], only: str | None = None) -> None:
    """Put each table between its marks, and what it was measured on before it.

    Of one measure alone, its lines take the place of those that it had among the figures.
    """
    page = PAGE.read_text(encoding="utf-8")
    for name, text in texts.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, rest = page.split(begin)
        old, after = rest.split(end)
        machine = _machine(versions)
        if only and name == "figures":
            note, _gap, lines = old.strip().partition("\n\n")
            notes = [line for line in note.splitlines() if not line.startswith(f"- {only}: ")]
            machine = "\n".join([*notes, f"- {only}: {_machine(versions)}"])
            text = _joined(lines, text)
        page = f"{before}{begin}\n\n{machine}\n\n{text}\n\n{end}{after}"
    PAGE.write_text(page, encoding="utf-8")


def _joined(old: str, new: str) -> str:
    """Keep the lines of other measures, and put the new ones after them."""
    heads, measured = new.splitlines()[:2], new.splitlines()[2:]
    again = {_goal_of(line) for line in measured}
    kept = [line for line in old.splitlines()[2:] if _goal_of(line) not in again]
    return "\n".join([*heads, *kept, *measured])


def _goal_of(line: str) -> str:
    return line.split("|")[1].strip()


def _machine(versions: Mapping[str, str]) -> str:
    known = ", ".join(f"{name} {version}" for name, version in versions.items())
    load = os.getloadavg()[0]
    return (
        f"Measured on {os.cpu_count()} cores ({platform.machine()}, {platform.system()}) "
        f"with {known}; the machine's load at the end was {load:.1f}."
    )
