"""The form of one role. What it saves is the difference to what its page showed."""

from dataclasses import replace
from typing import Any

from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import policy, snapshots
from ..core.changes import RoleChanges, apply, difference
from ..core.compile import CompiledRole
from ..core.errors import Conflict, Invalid
from ..core.locks import NO_LOCKS
from ..core.names import DESCRIPTION_MAX, split_names
from ..core.specs import RoleSpec
from ..core.vocabulary import LEVEL_MAX, LEVEL_MIN, OWNER_CODE
from ..models import Role
from ..services.loading import read_role
from . import second_factor
from .bases import BaseChoice, bases_for, refused_bases
from .details import read_post
from .grid import Board, GridField, fixed_cells, locked_cells
from .limiting import limit_level, limit_privileges
from .open_fields import OpenFields
from .second_factor import SecondFactorChoice
from .starting import BLANK
from .state import pack, unpack
from .words import changes_in_words

_READ = ("name", "description", "level", "base", "second_factor", "permissions", "privileges")


class RoleForm(forms.Form):
    """Identity, base, grid, features and privileges of one role.

    `seen` carries, signed, what the page showed: the role's own state and the cells that were
    fixed. A cell that was fixed keeps what the role stores, whatever is posted; a value that
    is absent from the post stays as it was.
    """

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": DESCRIPTION_MAX}),
    )
    level = forms.IntegerField(
        label=gettext_lazy("Level"),
        min_value=LEVEL_MIN,
        max_value=LEVEL_MAX,
        help_text=gettext_lazy("0–100. It grants nothing: it says who may manage whom."),
        error_messages={
            "min_value": gettext_lazy("A level is a whole number from 0 to 100."),
            "max_value": gettext_lazy("A level is a whole number from 0 to 100."),
            "invalid": gettext_lazy("A level is a whole number from 0 to 100."),
        },
    )
    base = BaseChoice(label=gettext_lazy("Based on"), required=False)
    second_factor = SecondFactorChoice()
    permissions = GridField(label=gettext_lazy("Permissions"))
    privileges = forms.CharField(
        label=gettext_lazy("Privileges"),
        required=False,
        help_text=gettext_lazy(
            "Free names for things outside this product, such as app.crm or report.export. "
            "Separate them with commas or spaces."
        ),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        role: Role | None = None,
        start: RoleSpec = BLANK,
        frozen_because: str = "",
        asker: Any = None,
    ) -> None:
        self.role, self.asker = role, asker
        self.open = OpenFields.of(asker, role)
        self.stored = read_role(role) if role else None
        self.current = self.open.read(self.stored) if self.stored else start
        self.shown, fixed = self._seen(data)
        self.shown = self.shown or self.current
        self.whole = snapshots.load_policy()
        self.policy = self.open.policy(self.whole)
        self.frozen_because = frozen_because
        self._board = board = self._draw(self.shown)
        self.fixed = frozenset(board.fixed) if fixed is None else fixed
        self.locked = board.locked
        self.typed = read_post(data, self.shown.records, self.shown.fields)
        super().__init__(self._complete(data), initial=self._initial(self.current), label_suffix="")
        self._limit_second_factor(board)
        self.fields["permissions"].widget.board = board
        self._limit(board)
        self.open.limit(self, data)

    def board_of(self, spec: RoleSpec) -> Board:
        """Give what the page shows of a role with these values, be they stored or not."""
        return self._board if spec == self.shown else self._draw(spec)

    def _draw(self, spec: RoleSpec) -> Board:
        """Make that; nothing is locked where nobody is asked (D4)."""
        compiled = self.policy.compile(spec)
        names = {code: role.name for code, role in self.policy.roles.items()}
        is_asked = self.asker is not None and not self.frozen_because
        asked = (self.asker, self.stored, self.as_stored(spec))
        locks = policy.locks_for(*asked, known=self.whole) if is_asked else NO_LOCKS
        return Board(
            fixed=fixed_cells(compiled),
            compiled=compiled,
            base=self._base_of(spec),
            records=spec.records,
            fields=spec.fields,
            frozen_because=self.frozen_because or self.open.why_not_ticked,
            disabled=self.policy.rules.disabled,
            locked=locked_cells(locks, spec.permissions, names),
            offers=policy.offers_for(*asked, known=self.whole) if is_asked else None,
            names=names,
        )

    def refused_bases(self, spec: RoleSpec) -> list[str]:
        """Give those of the offered bases, "" for none, that go no more with these values."""
        if self.current.is_system or "base" not in self.fields:
            return []
        offered = [code for code, _label in self.fields["base"].choices]
        whole = self.as_stored(spec)
        return refused_bases(self.asker, self.stored, whole, self.whole, offered)

    def as_stored(self, spec: RoleSpec) -> RoleSpec:
        """Give the role as it would be stored with what its reader makes of it.

        With what is hidden from them: for who decides, and for nobody's eyes.
        """
        if self.stored is None:
            return spec
        return apply(difference(self.shown, spec), self.stored)

    def _base_of(self, spec: RoleSpec) -> CompiledRole | None:
        """Give the chosen base; one that cannot be is shown as bringing nothing (R3)."""
        possible = spec.base in self.policy.roles and spec.base != OWNER_CODE
        return self.policy.role(spec.base) if possible else None

    def stand_as(self, spec: RoleSpec, board: Board, fixed: frozenset[str]) -> None:
        """Draw a bound form as what it would leave: marks, ticks and state of `spec`.

        So the page that comes back after an error shows the base that was typed, not the
        stored one, and is read by what it shows when it is posted again.
        """
        self.fixed = fixed
        if "permissions" in self.fields:
            self.fields["permissions"].widget.board = replace(board, opened=self._opened(spec))
        if self.is_bound:
            self.data.setlist("permissions", sorted(spec.permissions))
            self.data["seen"] = pack(self.shown, fixed)

    def _opened(self, spec: RoleSpec) -> frozenset[str]:
        """Give the modules whose details were typed into, an error in them or not."""
        if not self.is_bound:
            return frozenset()
        touched = difference(self.shown, spec)
        return frozenset(module for module, _name in (*touched.records, *touched.fields))

    def _seen(self, data: Any) -> tuple[RoleSpec | None, frozenset[str] | None]:
        """Read what the page showed; remember it where that was tampered with."""
        self.is_tampered = False
        try:
            return unpack(data.get("seen", "") if data is not None else "", self.role)
        except signing.BadSignature:
            self.is_tampered = True
            return None, None

    def _limit(self, board: Board) -> None:
        """Make read-only what the role's kind, or the reader, cannot change (D3, D4, D8)."""
        if self.frozen_because or self.current.is_system:
            for name in ("name", "level"):
                self.fields[name].widget.attrs["readonly"] = True
        if self.frozen_because:
            for name in ("description", "privileges"):
                self.fields[name].widget.attrs["readonly"] = True
        else:
            whole = self.as_stored(self.shown)
            self.fields["base"].choices = bases_for(
                self.asker, self.stored, whole, self.whole, seen=self.policy
            )
        if board.offers is not None:
            limit_level(self.fields["level"], board.offers)
            limit_privileges(self.fields["privileges"], board.offers)

    def _limit_second_factor(self, board: Board) -> None:
        """Leave the choice out where nobody could set one up, so that the post cannot change it."""
        if not second_factor.is_possible():
            del self.fields["second_factor"]
            return
        field = self.fields["second_factor"]
        excess = board.offers and board.offers.excess_of_second_factor()
        second_factor.limit(field, stands=self.shown.second_factor, excess=excess)
        field.help_text = second_factor.help_for(self.role, board.compiled, excess)

    def _initial(self, spec: RoleSpec) -> dict[str, Any]:
        token = pack(self.current, self.fixed)
        return {
            "name": spec.name,
            "description": spec.description,
            "level": spec.level,
            "base": spec.base or "",
            "second_factor": second_factor.choice_of(spec.second_factor),
            "permissions": spec.permissions,
            "privileges": ", ".join(sorted(spec.privileges)),
            "seen": token,
        }

    def _complete(self, data: Any) -> Any:
        """Fill in what the post leaves out: an absent field changes nothing."""
        if data is None:
            return None
        completed = data.copy()
        for name, value in self._initial(self.shown).items():
            if name not in ("permissions", "seen") and name not in data:
                completed[name] = value
        if self.is_tampered or "seen" not in data:
            completed["seen"] = pack(self.shown, self.fixed)
        return completed

    def clean(self) -> dict[str, Any]:
        """Refuse a state that was altered, and selects that cannot be read."""
        if self.is_tampered:
            raise forms.ValidationError(
                _("This page is not as it was sent. Open the role again and repeat the change.")
            )
        if self.open.forged:
            raise forms.ValidationError(self.open.forged)
        if self.typed.errors:
            raise forms.ValidationError(self.typed.errors)
        return super().clean()

    def clean_description(self) -> str:
        """Read line ends as browsers write them: what was only sent back is no change."""
        typed, shown = self.cleaned_data["description"], self.shown.description
        return shown if _lines(typed) == _lines(shown) else "\n".join(_lines(typed))

    def clean_privileges(self) -> frozenset[str]:
        """Split and normalise the names; the service says what is wrong with them (R11)."""
        return frozenset(split_names(self.cleaned_data["privileges"]))

    def clean_permissions(self) -> frozenset[str]:
        """Keep the role's own state of every cell that was fixed or locked on the page.

        No page posts a tick of a locked cell: such a post is refused whole (D4).
        """
        posted = self.cleaned_data["permissions"]
        if self.open.why_not_ticked and posted <= self.shown.permissions | self.fixed:
            return self.shown.permissions
        forged = (posted & self.locked.keys()) - self.fixed - self.shown.permissions
        if forged:
            raise forms.ValidationError([self.locked[code] for code in sorted(forged)])
        return self._without_fixed(posted)

    def _without_fixed(self, posted: frozenset[str]) -> frozenset[str]:
        changeable = posted - self.fixed - self.locked.keys()
        return changeable | (self.shown.permissions & self._untouchable())

    def _untouchable(self) -> frozenset[str]:
        """Fixed and locked cells, and grants that the page did not show at all (R7)."""
        return self.fixed | self.locked.keys() | (self.shown.permissions - self._possible())

    def _possible(self) -> frozenset[str]:
        rules = self.policy.rules
        return rules.catalogue.enabled_permissions(rules.disabled)

    @property
    def features(self) -> str:
        """Draw the features: cells of the same field, further down the page."""
        bound = self["permissions"]
        groups = bound.field.widget.board.features(bound.value() or ())
        context = {"name": "permissions", "feature_groups": groups}
        return mark_safe(self.renderer.render("roles/widgets/features.html", context))  # noqa: S308

    @property
    def wanted(self) -> RoleSpec:
        """The role as the page was meant to leave it; what cannot be read stays as it was shown."""
        read = {name: self.cleaned_data[name] for name in _READ if name in self.cleaned_data}
        if "base" in read:
            read["base"] = read["base"] or None
        if "permissions" not in read and "permissions" in self.fields:
            ticked = self["permissions"].value() or ()
            read["permissions"] = self._without_fixed(frozenset(ticked) & self._possible())
        return self.shown.with_changes(**read, records=self.typed.records, fields=self.typed.fields)

    @property
    def changes(self) -> RoleChanges:
        """What was changed on the page, against what the page showed."""
        return difference(self.shown, self.wanted)

    def add_refusal(self, invalid: Invalid) -> None:
        """Put each message of the service at the field it belongs to."""
        for name, messages in invalid.errors.items():
            self.add_error(name if name in self.fields else None, messages)

    def merged_after(self, conflict: Conflict) -> "RoleForm":
        """Give the form again on the role as it is now, with what was typed carried over (R28).

        Where both touched the same value, what was typed stands, for its writer to decide.
        """
        role = Role.objects.select_related("base").get(pk=self.role.pk)
        merged = apply(self.changes, conflict.current)
        fresh = RoleForm(role=role, asker=self.asker)
        data = QueryDict(mutable=True)
        for name, value in fresh._initial(merged).items():
            if name not in fresh.fields:
                continue
            data.setlist(name, sorted(value)) if name == "permissions" else data.update(
                {name: value}
            )
        form = RoleForm(data, role=role, asker=self.asker)
        form.add_error(None, [conflict.args[0], *changes_in_words(conflict.changes)])
        return form


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()
