"""The words of the access model (section 1) as constants that every floor shares."""

from enum import IntEnum

ACTIONS = ("view", "create", "edit", "delete", "export", "import", "invite")
"""The columns of the grid, in its order."""

FEATURE_ACTIONS = frozenset({"invite"})
"""Actions that are a cell of the grid and of kind *feature*."""

KIND_MODULE = "module"
KIND_OPERATION = "operation"
KIND_FEATURE = "feature"

SHARED_ACTIONS = {"view": ("view",), "edit": ("view", "edit")}
"""What a share may give, and the actions for which it opens the record (R19)."""

OWN = "own"
ALL = "all"
EVERY_ACTION = "*"
EVERY_FIELD = "*"

OWNER_CODE = "owner"
OWNER_RANK = 101
"""An Owner outranks level 100, the highest that a role can have."""

LEVEL_MIN = 0
LEVEL_MAX = 100
CHAIN_MAX = 16

WAITING_PERMISSIONS = frozenset({"profile.view"})
"""All that someone waiting for approval has, whatever their roles (R1)."""


class FieldLevel(IntEnum):
    """What a role may do with one field; the greater is the more permissive (R10)."""

    HIDDEN = 0
    READ_ONLY = 1
    EDITABLE = 2

    @property
    def code(self) -> str:
        """The level's name in policy files and forms: `hidden`, `read_only`, `editable`."""
        return self.name.lower()

    @classmethod
    def from_code(cls, code: str) -> "FieldLevel":
        """Give the level that `code` names; `KeyError` for anything else, its case included."""
        return _LEVELS[code]


_LEVELS = {level.code: level for level in FieldLevel}


class Standing(IntEnum):
    """How far an account may come in at all, before any role is asked (R1)."""

    DENIED = 0
    WAITING = 1
    ACTIVE = 2


def kind_of_action(action: str) -> str:
    """Classify a grid cell as module, operation or feature permission (section 1)."""
    if action == "view":
        return KIND_MODULE
    return KIND_FEATURE if action in FEATURE_ACTIONS else KIND_OPERATION
