"""Bring the roles in line with a policy file, all of it or nothing (section 6, D13).

What a file wants is judged as a whole, from what stands to what would stand when all is done, and
then written in whichever order the rows allow. So no order of steps refuses an end that the actor
may bring about, and none leads to an end that they may not.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import policy
from ..core.changes import RoleChanges, difference
from ..core.coverage import Excess
from ..core.errors import Refused
from ..core.role_masks import PARTS
from ..core.specs import RoleSpec
from ..models import Role
from ..models.versions import lock_policy, one_bump
from .delegation import excesses_in_words, require, why_not
from .planning import PolicyPlan, Refusal, RoleStep, plan_policy, refusals_at, refusals_for_all
from .role_fields import require_role_fields
from .storing import log, remove, store
from .validation import no_such_base

_NEEDS = {"created": "create", "changed": "edit", "deleted": "delete"}
_FIELDS = {
    "permission": "permissions",
    "together": "permissions",
    "scopes": "records",
    "fields": "fields",
    "privilege": "privileges",
    "self": "privileges",
    "level": "level",
}
"""The key of a role in a file under which an excess is to be mended."""


class NotApplied(Refused):
    """A policy of which nothing was saved; `refusals` say why, each with its place in the file."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(" ".join([_summary(len(self.refusals)), *map(str, self.refusals)]))


def _summary(number: int) -> str:
    words = ngettext(
        "Nothing was saved: %d thing stands against it.",
        "Nothing was saved: %d things stand against it.",
        number,
    )
    return words % number


def apply_policy(
    *, acting_user: Any, wanted: Sequence[RoleSpec], prune: bool = False
) -> PolicyPlan:
    """Make, change and, with `prune`, delete roles until they are as `wanted` says (D1-D9).

    One log entry for each role that changes, none where nothing does. Where anything of it is
    not the actor's to do nothing is saved, and `NotApplied` says all that is not.
    """
    with transaction.atomic(), one_bump():
        lock_policy()
        actor = policy.as_of_now(acting_user)
        _require_administrator(actor)
        plan = plan_policy(wanted, prune=prune)
        _refuse(list(_unread(actor, wanted, plan)))
        _refuse(_refusals_for(actor, plan))
        _carry_out(acting_user, plan)
    return plan


def install_policy(*, wanted: Sequence[RoleSpec], prune: bool = False) -> PolicyPlan:
    """Do the same as who runs the installation: nobody acts, so no rank and no grant is asked for.

    What nobody may is refused all the same. Nothing that serves a request calls this.
    """
    with transaction.atomic(), one_bump():
        lock_policy()
        plan = plan_policy(wanted, prune=prune)
        _refuse(refusals_for_all(plan))
        _carry_out(None, plan)
    return plan


def _refuse(refusals: Sequence[Refusal]) -> None:
    if refusals:
        raise NotApplied(dict.fromkeys(refusals))


# What the actor may not


def _require_administrator(actor: Any) -> None:
    """Let nobody in who could change no role at all, whatever the file holds (D1)."""
    if all(why_not(actor, f"roles.{action}") for action in _NEEDS.values()):
        require(actor, "roles.edit")


def _unread(actor: Any, wanted: Sequence[RoleSpec], plan: PolicyPlan) -> Iterator[Refusal]:
    """Refuse what a file says of a role of which some is hidden from the actor (R17, R23).

    It says all of a role: one that went through would tell that it guessed what is hidden, and
    one that did not, that it guessed wrong. So nothing else is said of it.
    """
    readable = policy.readable_of_roles(actor)
    why = [policy.no_such_field(name) for name in ("name", *PARTS) if name not in readable]
    if not readable:
        why = [why_not(actor, "roles.view")]
    for number, spec in enumerate(wanted):
        if spec.code in plan.now.roles:
            yield from (Refusal(f"roles[{number}]", spec.code, one) for one in why)


def _refusals_for(actor: Any, plan: PolicyPlan) -> list[Refusal]:
    """Say, role by role, what of the plan the actor may not do, or nobody (D1-D9, R17, R24).

    Of a role that is not theirs to touch they are told no more than that.
    """
    seen = _codes_open_to(actor, "view")
    if policy.check(actor, "roles.view"):
        seen |= {step.spec.code for step in plan.of("created")}
    closed = dict(_why_closed(actor, plan))
    steps = [step for step in plan.steps if step.spec.code not in closed]
    codes = [step.spec.code for step in steps if step.fate != "deleted"]
    excess = policy.excess_of_roles(actor, plan.now, plan.then, codes)
    found = [
        *(r for s in plan.steps for r in refusals_at(s, {"": [closed.get(s.spec.code, "")]})),
        *(r for s in steps for r in refusals_at(s, _errors_of_fields(actor, s, seen))),
        *(r for r in refusals_for_all(plan) if r.code not in closed),
    ]
    for step in steps:
        found += refusals_at(step, _in_words(excess.get(step.spec.code, ()), step, plan))
    order = {step.spec.code: number for number, step in enumerate(plan.steps)}
    return sorted(found, key=lambda refusal: order[refusal.code])


def _codes_open_to(actor: Any, action: str) -> set[str]:
    found = policy.accessible(Role.objects.all(), actor, action)
    return set(found.values_list("code", flat=True))


def _why_closed(actor: Any, plan: PolicyPlan) -> Iterator[tuple[str, str]]:
    """Give the roles that the actor may not touch, whatever becomes of them, and why."""
    open_to_them = {fate: _codes_open_to(actor, _NEEDS[fate]) for fate in ("changed", "deleted")}
    for step in plan.steps:
        needed = f"roles.{_NEEDS[step.fate]}"
        if because := why_not(actor, needed):
            yield step.spec.code, because
        elif step.role is not None and step.spec.code not in open_to_them[step.fate]:
            # Where nothing gives a reason it is refused all the same.
            yield step.spec.code, why_not(actor, needed, step.role) or _("This is not yours to do.")


def _errors_of_fields(actor: Any, step: RoleStep, seen: set[str]) -> dict[str, list[str]]:
    """Hold what the step says to the fields of roles (R17), and a new base to what is in view."""
    if step.fate == "deleted":
        return {}
    spec, made = step.spec, step.made
    if step.role is None:
        if spec.base is not None and spec.base not in seen:
            return {"base": [no_such_base(spec.base)]}
        made = difference(RoleSpec(spec.code, "", level=0), spec)
    try:
        require_role_fields(actor, step.role, made)
    except Refused as refused:
        return {"": [str(refused)]}
    return {}


def _in_words(excess: Iterable[Excess], step: RoleStep, plan: PolicyPlan) -> dict[str, list[str]]:
    """Say what is too much, by the field of the role that the file would have to say otherwise."""
    by_field: dict[str, list[Excess]] = {}
    for one in excess:
        by_field.setdefault(_field_of(one, step.made), []).append(one)
    return {field: [excesses_in_words(some, plan.names)] for field, some in by_field.items()}


def _field_of(excess: Excess, made: RoleChanges) -> str:
    """Give the key under which the file says what is too much, "" where it says it nowhere."""
    touched = {
        **made.values,
        "permissions": made.granted | made.revoked,
        "privileges": made.privileges_added | made.privileges_removed,
        "records": made.records,
        "fields": made.fields,
    }
    field = "base" if excess.via == "base" else _FIELDS.get(excess.kind, "")
    return field if touched.get(field) and excess.via != "heir" else ""


# Doing it


def _carry_out(acting_user: Any, plan: PolicyPlan) -> None:
    """Write what the plan says: what is in the way first, then bases before what stands on them."""
    if not plan.steps:
        return
    _clear_the_way(plan)
    for step in plan.of("deleted"):
        remove(acting_user=acting_user, role=_stored(step), stored=step.before or step.spec)
    depths = {code: len(plan.then.role(code).chain) for code in plan.then.roles}
    for step in sorted(plan.of("created", "changed"), key=lambda step: depths[step.spec.code]):
        role = step.role or Role(code=step.spec.code)
        store(role, step.spec, step.made)
        log(acting_user=acting_user, action=f"role.{step.fate}", role=role, changes=step.made)


def _stored(step: RoleStep) -> Role:
    if step.role is None:
        raise LookupError(step.spec.code)
    return step.role


def _clear_the_way(plan: PolicyPlan) -> None:
    """Free the names that change hands, and take off the bases that change or go.

    What stays of the bases is part of where they will stand, so that no step on the way there
    makes a cycle or a chain that the end does not have.
    """
    rebased = [s.role for s in plan.steps if s.role and s.role.base_id and "base" in s.made.values]
    renamed = [s.role for s in plan.of("changed") if s.role and "name" in s.made.values]
    if rebased:
        Role.objects.filter(pk__in=[role.pk for role in rebased]).update(base=None)
    if renamed:
        # No name folds to one that begins with a space.
        free = Concat(Value(" "), Cast("pk", CharField()))
        Role.objects.filter(pk__in=[role.pk for role in renamed]).update(name_key=free)
