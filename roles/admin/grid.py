"""The grid of modules × actions and the list of features: one field whose value is a set of codes.

`Board` is what a page shows for a role as it stands; the widget draws it with what was typed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..core.compile import CompiledRole, Source
from ..core.locks import Locks
from ..core.offers import Offers
from ..core.specs import NOTHING, Fields, Module, Records
from ..core.vocabulary import ACTIONS, EVERY_ACTION, EVERY_FIELD, OWN, FieldLevel
from ..registry import registry
from ..services.delegation import excess_in_words
from ..services.labels import ACTION_LABELS, feature_label, label_of
from .controls import (
    Control,
    action_controls,
    field_controls,
    field_names,
    level_word,
    scope_control,
)
from .offering import offered


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that applies, or a feature; `why` says from where a fixed one comes."""

    code: str
    label: str
    ticked: bool
    fixed: bool
    why: str = ""
    kind: str = ""

    @property
    def html_id(self) -> str:
        """An id for the page that no other element has."""
        return f"permission-{self.code.replace('.', '-')}"


@dataclass(frozen=True, slots=True)
class Row:
    """A module with a cell, or `None`, for each action, and what else it says."""

    module: Module
    cells: list[Cell | None]
    records: str = ""
    differs: str = ""
    fields: str = ""
    scope: Control | None = None
    actions: tuple[Control, ...] = ()
    field_levels: tuple[Control, ...] = ()
    is_open: bool = False

    @property
    def scopes(self) -> list[Control]:
        """The lines of its record access: all actions first, then each that may differ."""
        return [self.scope, *self.actions] if self.scope else []


@dataclass(frozen=True, slots=True)
class Board:
    """A role's cells for the page: what it has from elsewhere, and whether anything may change.

    `opened` names the modules whose details stand open when the page comes. `locked` says of each
    cell that the reader can neither tick nor untick why (D4); `offers` are what they can choose,
    anything where there are none. `names` are those of roles by code.
    """

    fixed: dict[str, tuple[Source, ...]] = field(default_factory=dict)
    compiled: CompiledRole | None = None
    base: CompiledRole | None = None
    frozen_because: str = ""
    disabled: frozenset[str] = frozenset()
    records: Records = field(default_factory=lambda: NOTHING)
    fields: Fields = field(default_factory=lambda: NOTHING)
    opened: frozenset[str] = frozenset()
    locked: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    offers: Offers | None = None
    names: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    def rows(self, ticked: Iterable[str]) -> list[tuple[str, list[Row]]]:
        """Give the modules by group, each with its cells."""
        own, groups = set(ticked), {}
        for module in registry.catalogue.modules.values():
            if module.code in self.disabled:
                continue
            groups.setdefault(str(module.group), []).append(self._row(module, own))
        return list(groups.items())

    def _row(self, module: Module, own: set[str]) -> Row:
        cells = [self._module_cell(module, action, own) for action in ACTIONS]
        row = Row(module, cells, self._records(module), self._differs(module), self._fields(module))
        if self.compiled is not None and self.compiled.is_owner:
            return row
        scope = scope_control(module, self.records, self.compiled, self.base)
        actions = action_controls(module, self.records, self.compiled)
        levels = field_controls(module, self.fields, self.compiled, self.base)
        return replace(
            row,
            scope=self._offered(scope) if scope else None,
            actions=tuple(map(self._offered, actions)),
            field_levels=tuple(map(self._offered, levels)),
            is_open=module.code in self.opened,
        )

    def _offered(self, control: Control) -> Control:
        return offered(control, self.offers, self.names)

    def features(self, ticked: Iterable[str]) -> list[tuple[str, list[Cell]]]:
        """Give the features by group."""
        own, groups = set(ticked), {}
        for feature in registry.catalogue.features.values():
            if feature.module in self.disabled:
                continue
            cell = self._cell(feature.code, feature_label(feature), own)
            groups.setdefault(str(feature.group), []).append(cell)
        return list(groups.items())

    def _module_cell(self, module: Module, action: str, own: set[str]) -> Cell | None:
        if action not in module.actions:
            return None
        label = f"{module.label}: {ACTION_LABELS[action][0]}"
        return self._cell(f"{module.code}.{action}", label, own)

    def _cell(self, code: str, label: str, own: set[str]) -> Cell:
        sources = self.fixed.get(code)
        if sources:
            return Cell(code, label, True, True, reason(sources[0]), sources[0].kind)
        if self.frozen_because:
            return Cell(code, label, code in own, True, self.frozen_because, "locked")
        if why := self.locked.get(code):
            return Cell(code, label, code in own, True, why, "locked")
        return Cell(code, label, code in own, False)

    def _records(self, module: Module) -> str:
        if self.compiled is None or not module.has_record_access:
            return ""
        if f"{module.code}.view" not in self.compiled.permissions:
            return ""
        scopes = registry.scopes
        usual = self.compiled.scopes_for(module.code, EVERY_ACTION)
        # Every scope includes `own` (R9), so it is named only where it stands alone.
        named = usual - {OWN} or usual
        return ", ".join(str(scopes[code].label) for code in scopes if code in named)

    def _differs(self, module: Module) -> str:
        """Count the actions whose scopes are not those of the row."""
        if self.compiled is None or not module.has_record_access:
            return ""
        usual = self.compiled.scopes_for(module.code, EVERY_ACTION)
        count = sum(self.compiled.scopes_for(module.code, a) != usual for a in module.actions)
        text = ngettext("(%d differs)", "(%d differ)", count)
        return text % count if count else ""

    def _fields(self, module: Module) -> str:
        """Sum up what the chain leaves of the module's fields (R10)."""
        role = self.compiled
        if role is None or f"{module.code}.view" not in role.permissions:
            return ""
        levels = [role.level_of_field(module.code, n) for n in field_names(module, self.fields)]
        others = role.level_of_field(module.code, EVERY_FIELD)
        restricted = sum(level < FieldLevel.EDITABLE for level in levels)
        if others < FieldLevel.EDITABLE and len(set(levels)) <= 1:
            return _("all %s") % level_word(min([others, *levels]))
        if others < FieldLevel.EDITABLE:
            return _("some open")
        return _("%d restricted") % restricted if restricted else _("all open")


def locked_cells(locks: Locks, ticked: frozenset[str], names: Mapping[str, str]) -> dict[str, str]:
    """Say of each cell that the reader can neither tick nor untick why; `names` are of roles."""
    return {
        code: excess_in_words(replace(excess, taken=code in ticked), names)
        for code, excess in locks.cells.items()
    }


def reason(source: Source) -> str:
    """Say in words where a fixed cell comes from."""
    if source.kind == "owner":
        return _("%s holds everything") % source.role_name
    if source.kind == "implied":
        return _("implied by %(code)s of %(role)s") % {
            "code": label_of(source.by or ""),
            "role": source.role_name,
        }
    return _("inherited from %s") % source.role_name


def fixed_cells(compiled: CompiledRole | None) -> dict[str, tuple[Source, ...]]:
    """Give the cells that a role has from a base or by implication, with their sources.

    A cell that the role itself stores too is fixed as well: unticking it would change nothing.
    """
    if compiled is None:
        return {}
    found = {
        code: tuple(source for source in sources if source.kind != "own")
        for code, sources in compiled.permissions.items()
    }
    return {code: sources for code, sources in found.items() if sources}


class GridWidget(forms.Widget):
    """Draw the grid and the features as real checkboxes named `permissions`."""

    template_name = "roles/widgets/grid.html"
    board = Board()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Read every posted cell; what is not posted is not ticked."""
        return data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Never: a browser posts nothing for boxes that are all empty."""
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Give the template the rows with what is ticked."""
        ticked = value or ()
        return {
            "name": name,
            "actions": [(a, *ACTION_LABELS[a]) for a in ACTIONS],
            "is_frozen": bool(self.board.frozen_because),
            "groups": self.board.rows(ticked),
        }

    def id_for_label(self, id_: str) -> str:
        """Label nothing as a whole: each cell has a name of its own."""
        return ""


class GridField(forms.Field):
    """A set of permission codes; unknown and not applicable ones are refused by name (R21)."""

    widget = GridWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> frozenset[str]:
        """Give the posted codes as a set."""
        return frozenset(value or ())

    def validate(self, value: frozenset[str]) -> None:
        """Refuse what no page offers; the whole post with it."""
        disabled = self.widget.board.disabled
        catalogue = registry.catalogue
        possible = catalogue.enabled_permissions(disabled)
        problems = [self._problem(code) for code in sorted(value - possible)]
        if problems:
            raise forms.ValidationError(problems)

    def _problem(self, code: str) -> str:
        catalogue = registry.catalogue
        if code in catalogue.permissions:
            return _("“%s” cannot be changed: its module is switched off (R7).") % code
        if code in catalogue.system_names:
            return _("“%s” cannot be granted: the action does not apply (R21).") % code
        return _("“%s” cannot be granted: there is no such permission (R21).") % code
