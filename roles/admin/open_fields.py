"""What the fields of roles leave of the form of a role for one reader (R16, R17)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from .. import policy
from ..core.role_masks import PARTS
from ..core.specs import RoleSpec
from ..models import Role
from ..snapshots import Snapshot

_LIMITED = {"base": "base", "second_factor": "second_factor"}


@dataclass
class OpenFields:
    """The fields that a reader may read and write of a role; `role` is `None` for a new one.

    Without a reader nobody is asked, and everything is open.
    """

    asker: Any
    role: Role | None
    readable: frozenset[str]
    writable: frozenset[str]
    forged: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, asker: Any, role: Role | None) -> "OpenFields":
        """Ask the policy."""
        everything = frozenset({"name", *PARTS})
        if asker is None:
            return cls(asker, role, everything, everything)
        writable = policy.writable_of_roles(asker, new=role is None)
        readable = policy.readable_of_roles(asker) if role else writable
        return cls(asker, role, readable, writable)

    def policy(self, whole: Snapshot) -> Snapshot:
        """Give all roles as the reader may read them: what the page draws is made of these."""
        return whole if self.asker is None else policy.policy_as_read(self.asker, whole)

    def read(self, stored: RoleSpec) -> RoleSpec:
        """Give of the role what its page may hold."""
        if self.role is None or self.asker is None:
            return stored
        return policy.role_as_read(self.asker, self.role, stored)

    @property
    def why_not_ticked(self) -> str:
        """Say why no cell of the grid can change, or give ""."""
        if "permissions" in self.writable or "permissions" not in self.readable:
            return ""
        return _("You may see what roles give, not change it. Ask an Owner.")

    def limit(self, form: Any, posted: Collection[str] | None) -> None:
        """Leave out of the form what is hidden, and refuse it where it is posted all the same.

        What is read-only stands there and cannot be typed into; the service refuses it (R17).
        """
        for name in {"name", *PARTS} & form.fields.keys():
            if name not in self.readable:
                del form.fields[name]
            elif name not in self.writable:
                _fix(form, name)
        hidden = {name for name in ("name", *PARTS) if name not in self.readable}
        self.forged = [
            policy.no_such_field(key) for key in posted or () if _field_of(key) in hidden
        ]


def _fix(form: Any, name: str) -> None:
    """Let a value be read and not be typed over."""
    found = form.fields[name]
    if hasattr(found, "choices"):
        stands = str(form.initial.get(name, ""))
        found.choices = [choice for choice in found.choices if str(choice[0]) == stands]
    else:
        found.widget.attrs["readonly"] = True


def _field_of(key: str) -> str:
    """Give the field of roles to which a posted name belongs."""
    return "permissions" if key.startswith(("scope:", "field:")) else key
