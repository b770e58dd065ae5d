"""What a role's page says of the role as its form stands, before anything is saved.

One object for the page itself and for the answer that the page's script asks for: so both show
the marks of the base that is chosen, and both sum up what a save would change.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import ngettext

from ..core.changes import RoleChanges, difference
from ..core.compile import Source
from ..core.specs import RoleSpec
from .details import Control
from .forms import RoleForm
from .grid import Board, Cell, Row
from .state import pack
from .words import counts_of, summary


@dataclass(frozen=True, slots=True)
class Outlook:
    """The role that a form stands for: its marks, its difference to what the page showed."""

    wanted: RoleSpec
    board: Board
    fixed: frozenset[str]
    seen: str
    changes: RoleChanges
    brings: str = ""
    problems: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, form: RoleForm) -> "Outlook":
        """Read the form as it stands; a bound one was cleaned."""
        typed = form.wanted if form.is_bound else form.current
        board = form.board_of(typed)
        fixed = _to_keep(board, typed, form.shown)
        wanted = typed.with_changes(
            permissions=(typed.permissions - fixed) | (form.shown.permissions & fixed)
        )
        return cls(
            wanted=wanted,
            board=board,
            fixed=fixed,
            seen=pack(form.shown, fixed),
            changes=difference(form.shown if form.role else _nothing_of(wanted), wanted),
            brings=_brings(board),
            problems=_problems(form),
        )

    @property
    def summary(self) -> str:
        """Say in one line what a save would change."""
        return summary(self.changes)

    def as_json(self) -> dict[str, Any]:
        """Give the answer for the page's script."""
        rows = [row for _group, found in self.board.rows(self.wanted.permissions) for row in found]
        return {
            "seen": self.seen,
            "problems": self.problems,
            "counts": counts_of(self.changes),
            "summary": self.summary,
            "impact": [],
            "people": 0,
            "brings": self.brings,
            "cells": {cell.code: _cell(cell) for cell in self._cells(rows)},
            "rows": {r.module.code: {"records": r.records, "fields": r.fields} for r in rows},
            "controls": {c.name: _control(c) for row in rows for c in _controls(row)},
            "advice": [],
        }

    def _cells(self, rows: list[Row]) -> list[Cell]:
        features = self.board.features(self.wanted.permissions)
        of_modules = [cell for row in rows for cell in row.cells if cell]
        return of_modules + [cell for _group, cells in features for cell in cells]


def _nothing_of(wanted: RoleSpec) -> RoleSpec:
    """Give what a new role is held against: all that it gives is new, what it is called is not."""
    return RoleSpec(
        code=wanted.code,
        name=wanted.name,
        description=wanted.description,
        level=wanted.level,
        base=wanted.base,
    )


def _to_keep(board: Board, typed: RoleSpec, shown: RoleSpec) -> frozenset[str]:
    """Give the fixed cells whose own state a save leaves as it is stored.

    A cell that another tick of the same role implies, and whose own tick was taken away on
    this page, is fixed too; but its own tick goes, as it was meant to.
    """
    taken_away = shown.permissions - typed.permissions
    return frozenset(
        code
        for code, sources in board.fixed.items()
        if code not in taken_away or not all(_is_from(typed, source) for source in sources)
    )


def _is_from(spec: RoleSpec, source: Source) -> bool:
    return source.kind == "implied" and source.role == spec.code


def _brings(board: Board) -> str:
    if board.base is None:
        return ""
    count = len(board.base.permissions)
    return ngettext(
        "brings %(count)d permission from %(base)s",
        "brings %(count)d permissions from %(base)s",
        count,
    ) % {"count": count, "base": board.base.name}


def _problems(form: RoleForm) -> dict[str, list[str]]:
    if not form.is_bound:
        return {}
    return {
        "" if name == "__all__" else name: [str(error) for error in errors]
        for name, errors in form.errors.items()
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {"ticked": cell.ticked, "fixed": cell.fixed, "kind": cell.kind, "why": cell.why}


def _controls(row: Row) -> list[Control]:
    return [control for control in (row.scope, *row.actions, *row.field_levels) if control]


def _control(control: Control) -> dict[str, str]:
    unset = next((label for value, label, _chosen in control.choices if not value), "")
    return {"unset": unset, "says": getattr(control, "says", "")}
