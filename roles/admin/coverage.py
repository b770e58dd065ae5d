"""How much of each module group a role gives, own or inherited: a strip in the list of roles."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..core.compile import CompiledRole
from ..core.specs import Catalogue

SEGMENT_WIDTH = 12
SEGMENT_GAP = 3
HEIGHT = 16


@dataclass(frozen=True, slots=True)
class Group:
    """A group of modules and the cells of the grid that apply in it."""

    label: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Segment:
    """One group's part of the strip, in pixels of the drawing."""

    label: str
    given: int
    total: int
    left: int

    @property
    def words(self) -> str:
        """Say what the segment shows: “Sales: 12 of 30”."""
        values = {"group": self.label, "given": self.given, "total": self.total}
        return _("%(group)s: %(given)s of %(total)s") % values

    @property
    def height(self) -> int:
        """How high it is filled: something is never drawn as nothing, nor nearly all as all."""
        if self.given in (0, self.total):
            return HEIGHT if self.given else 0
        return min(HEIGHT - 2, max(2, round(HEIGHT * self.given / self.total)))

    @property
    def top(self) -> int:
        """Where the filled part begins, from the top."""
        return HEIGHT - self.height


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole strip of one role."""

    segments: tuple[Segment, ...]
    column = SEGMENT_WIDTH
    height = HEIGHT

    @property
    def width(self) -> int:
        """The width of the drawing."""
        return len(self.segments) * (SEGMENT_WIDTH + SEGMENT_GAP) - SEGMENT_GAP

    @property
    def words(self) -> str:
        """Say the whole strip: “Sales: 12 of 30, Work: 4 of 12”."""
        return ", ".join(segment.words for segment in self.segments)


def groups_of(catalogue: Catalogue, disabled: frozenset[str]) -> list[Group]:
    """Give the module groups in the grid's order; a disabled module is in none (R7)."""
    found: dict[str, frozenset[str]] = {}
    for module in catalogue.modules.values():
        if module.code not in disabled and module.permissions:
            label = str(module.group)
            found[label] = found.get(label, frozenset()) | frozenset(module.permissions)
    return [Group(label, codes) for label, codes in found.items()]


def coverage_of(role: CompiledRole, groups: list[Group]) -> Coverage:
    """Count what the role effectively gives in each group."""
    given = role.permissions.keys()
    step = SEGMENT_WIDTH + SEGMENT_GAP
    return Coverage(
        tuple(
            Segment(group.label, len(group.codes & given), len(group.codes), number * step)
            for number, group in enumerate(groups)
        )
    )
