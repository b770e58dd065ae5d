"""What a role's page says of the role as its form stands, before anything is saved.

One object for the page itself and for the answer that the page's script asks for: so both show
the marks of the base that is chosen, and both sum up what a save would change.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import policy
from ..core.changes import RoleChanges, apply, difference
from ..core.compile import Source
from ..core.impact import NO_IMPACT, Impact
from ..core.specs import RoleSpec
from ..services.impact import impact_of
from ..services.impact_words import NOT_TOLD, impact_in_words
from ..services.role import problems_of
from .advice import Hint, advice_for
from .controls import Control
from .forms import RoleForm
from .grid import Board, Cell, Row
from .impact_words import outcome
from .state import pack
from .words import counts_of, given

Problems = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Outlook:
    """The role that a form stands for: its marks, its difference to what the page showed."""

    wanted: RoleSpec
    board: Board
    fixed: frozenset[str]
    seen: str
    is_asked: bool
    changes: RoleChanges
    brings: str = ""
    impact: Impact = NO_IMPACT
    advice: tuple[Hint, ...] = ()
    is_told: bool = True
    """Whether its reader may know what roles give, and so who gains what by a change."""
    draws: bool = True
    """Whether its page draws the grid: of one that is hidden each choice would tell (R23)."""

    @classmethod
    def of(cls, form: RoleForm) -> "Outlook":
        """Read the form as it stands; a bound one was cleaned.

        Who may change nothing is given no advice.
        """
        typed = form.wanted if form.is_bound else form.current
        board = form.board_of(typed)
        fixed = _to_keep(board, typed, form.shown)
        wanted = typed.with_changes(
            permissions=(typed.permissions - fixed) | (form.shown.permissions & fixed)
        )
        changes = difference(form.shown, wanted) if form.role else given(wanted)
        return cls(
            wanted=wanted,
            board=board,
            fixed=fixed,
            seen=pack(form.shown, fixed),
            is_asked=form.is_bound,
            changes=changes,
            brings=_brings(board) if "permissions" in form.open.readable else "",
            impact=impact_of(form.role, apply(changes, form.current), asker=form.asker)
            if form.is_bound and changes
            else NO_IMPACT,
            advice=()
            if form.frozen_because
            else advice_for(form.role, wanted, board.compiled, form.open.readable),
            is_told=form.asker is None or policy.reads_what_roles_give(form.asker),
            draws="permissions" in form.open.readable,
        )

    @property
    def summary(self) -> str:
        """Say in one line what a save would change and whom that reaches; "" where nothing."""
        return outcome(self.changes, self.impact) if self.is_asked else ""

    @property
    def impact_lines(self) -> list[str]:
        """Say who gains, loses or reaches what."""
        if self.is_asked and self.changes and not self.is_told:
            return [str(NOT_TOLD)]
        return impact_in_words(self.impact)

    def as_json(self, problems: Problems, refused_bases: Iterable[str]) -> dict[str, Any]:
        """Give the answer for the page's script."""
        groups = self.board.rows(self.wanted.permissions) if self.draws else ()
        rows = [row for _name, found in groups for row in found]
        return {
            "seen": self.seen,
            "problems": problems,
            "counts": counts_of(self.changes),
            "summary": self.summary,
            "impact": self.impact_lines,
            "people": self.impact.people,
            "brings": self.brings,
            "cells": {cell.code: _cell(cell) for cell in self._cells(rows)},
            "rows": {row.module.code: _row(row) for row in rows},
            "controls": {c.name: _control(c) for row in rows for c in _controls(row)},
            "bases": list(refused_bases),
            "advice": [hint.as_json() for hint in self.advice],
        }

    def _cells(self, rows: list[Row]) -> list[Cell]:
        features = self.board.features(self.wanted.permissions) if self.draws else ()
        of_modules = [cell for row in rows for cell in row.cells if cell]
        return of_modules + [cell for _group, cells in features for cell in cells]


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


def problems_in(form: RoleForm) -> Problems:
    """Say what is wrong by field, "" for the whole form: what a save would say against it."""
    found = {"" if n == NON_FIELD_ERRORS else n: list(e) for n, e in form.errors.items()}
    before, after = form.stored or form.shown, form.as_stored(form.wanted)
    for name, messages in problems_of(form.role, before, after, asker=form.asker).items():
        place = name if name in form.fields else ""
        found[place] = [*found.get(place, []), *messages]
    if form.role and difference(form.shown, form.current):
        text = _("Somebody else changed this role meanwhile. Save to see both changes together.")
        found[""] = [text, *found.get("", [])]
    return {name: [str(message) for message in messages] for name, messages in found.items()}


def _cell(cell: Cell) -> dict[str, Any]:
    return {"ticked": cell.ticked, "fixed": cell.fixed, "kind": cell.kind, "why": cell.why}


def _row(row: Row) -> dict[str, str]:
    return {"records": row.records, "differs": row.differs, "fields": row.fields}


def _controls(row: Row) -> list[Control]:
    return [control for control in (row.scope, *row.actions, *row.field_levels) if control]


def _control(control: Control) -> dict[str, Any]:
    unset = next((label for value, label, _chosen in control.choices if not value), "")
    return {
        "unset": unset,
        "says": control.says,
        "refused": sorted(control.refused),
        "also": sorted(control.refused_also),
        "beyond": control.locked or control.beyond,
    }
