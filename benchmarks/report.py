"""The table in `docs/benchmarks.md`, between two marks; the words around it are written by hand."""

import os
import platform
from collections.abc import Mapping
from pathlib import Path

from .rows import Row

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
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


def rewrite(text: str, versions: Mapping[str, str]) -> None:
    """Put the table and what it was measured on between the marks."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    _old, after = rest.split(END)
    PAGE.write_text(
        f"{before}{BEGIN}\n\n{_machine(versions)}\n\n{text}\n\n{END}{after}", encoding="utf-8"
    )


def _machine(versions: Mapping[str, str]) -> str:
    known = ", ".join(f"{name} {version}" for name, version in versions.items())
    load = os.getloadavg()[0]
    return (
        f"Measured on {os.cpu_count()} cores ({platform.machine()}, {platform.system()}) "
        f"with {known}; the machine's load at the end was {load:.1f}."
    )
