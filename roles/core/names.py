"""Names of custom privileges and of roles: how they are written, compared and refused (R11)."""

import re
import unicodedata
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

NAME_MAX = 100
DESCRIPTION_MAX = 2000
PRIVILEGES_MAX = 200
"""So many privileges one role names itself: what it inherits is not counted (threat 21)."""

_MARKS = frozenset("._-:")
# Letters by their category that show nothing: the fillers of Hangul.
_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0")
_SEPARATORS = re.compile(r"[,\s]+")

# Writing systems that use several scripts by nature (UTS 39, "augmented script sets").
_TOGETHER = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"CJK", "HANGUL"}),
    frozenset({"CJK", "BOPOMOFO"}),
)

ProblemCode = Literal["empty", "long", "character", "scripts", "system", "django"]
HintCode = Literal["no_dot", "near_miss"]


@dataclass(frozen=True, slots=True)
class NameProblem:
    """Why a privilege's name is refused; `detail` is the offending character, scripts or code."""

    code: ProblemCode
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class NameHint:
    """Why an accepted name deserves a second look; `detail` is the code it resembles."""

    code: HintCode
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Shadows:
    """The names that belong to the system and to Django, which no privilege can take (R11)."""

    system: frozenset[str] = field(default_factory=frozenset)
    django: frozenset[str] = field(default_factory=frozenset)

    def __contains__(self, name: object) -> bool:
        return name in self.system or name in self.django


def normalise(name: str) -> str:
    """Fold `name` as R11 says: NFKC, case-folded, NFKC again, trimmed."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded).strip()


def key_of(name: str) -> str:
    """Give the key under which a role's name is unique, in any script and on any database."""
    return " ".join(normalise(name).split())


def split_names(text: str) -> tuple[str, ...]:
    """Split a typed list at commas and white space; normalised, each once, in their order."""
    names = (normalise(part) for part in _SEPARATORS.split(text))
    return tuple(dict.fromkeys(name for name in names if name))


def find_problem(name: str, shadows: Shadows) -> NameProblem | None:
    """Tell what forbids the normalised `name`, or `None` where nothing does (R11)."""
    return find_misspelling(name) or find_shadow(name, shadows)


def find_misspelling(name: str) -> NameProblem | None:
    """Tell what is wrong with the spelling of the normalised `name`, whatever else exists."""
    if not name:
        return NameProblem("empty", name)
    if len(name) > NAME_MAX:
        return NameProblem("long", name)
    for char in name:
        if not _is_allowed(char):
            return NameProblem("character", name, char)
    scripts = _scripts_of(name)
    if len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER):
        return NameProblem("scripts", name, ", ".join(sorted(s.title() for s in scripts)))
    return None


def find_shadow(name: str, shadows: Shadows) -> NameProblem | None:
    """Tell whose name the normalised `name` already is: the system wins (R11)."""
    if name in shadows.system:
        return NameProblem("system", name, name)
    if name in shadows.django:
        return NameProblem("django", name, name)
    return None


def find_hint(name: str, shadows: Shadows) -> NameHint | None:
    """Advise on a name without a dot, or one that is nearly a system permission's (R11).

    A name that is taken is refused elsewhere, and needs no advice beside.
    """
    if name in shadows:
        return None
    if "." not in name:
        return NameHint("no_dot", name)
    near = get_close_matches(name, sorted(shadows.system), n=1, cutoff=0.9)
    return NameHint("near_miss", name, near[0]) if near else None


def _is_allowed(char: str) -> bool:
    if char in _UNSEEN:
        return False
    return char in _MARKS or unicodedata.category(char)[0] == "L" or char.isdecimal()


def _scripts_of(name: str) -> frozenset[str]:
    # Python knows no script property; the first word of a letter's Unicode name is its script.
    letters = (char for char in name if unicodedata.category(char)[0] == "L")
    return frozenset(unicodedata.name(char, "UNKNOWN").split()[0].split("-")[0] for char in letters)
