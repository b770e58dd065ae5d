"""What a policy file changes, told in the words of the pages, or as JSON."""

import json
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from roles.core.changes import flatten
from roles.services.impact_words import impact_in_words, reach_in_words
from roles.services.planning import PolicyPlan, Refusal, RoleStep
from roles.services.role_words import ChangeWords


def plan_in_words(plan: PolicyPlan) -> str:
    """Say role by role what changes, and then whom it reaches."""
    if not plan.steps:
        return _("No changes.")
    words = ChangeWords(plan.names)
    lines = [line for step in plan.steps for line in _step_in_words(step, words)]
    told = impact_in_words(plan.impact)
    return "\n".join([*lines, *(told or [reach_in_words(plan.impact)])])


def _step_in_words(step: RoleStep, words: ChangeWords) -> Iterator[str]:
    said = {"created": _("created"), "changed": _("changed"), "deleted": _("deleted")}
    yield f"{step.spec.code}: {said[step.fate]}"
    if step.fate != "deleted":
        yield from (f"  {line}" for line in words.sentences(flatten(step.made)))


def plan_as_json(plan: PolicyPlan, refusals: Iterable[Refusal]) -> str:
    """Give the same for programs; `effects` are those of a role's impact over the API."""
    impact = plan.impact
    document = {
        "roles": [
            {
                "code": step.spec.code,
                "what": step.fate,
                "changes": list(flatten(step.made)),
            }
            for step in plan.steps
        ],
        "holders": impact.holders,
        "people": impact.people,
        "effects": [
            {"kind": one.kind, "names": list(one.names), "people": one.people}
            for one in impact.effects
        ],
        "refused": [
            {"place": one.place, "role": one.code, "message": one.message} for one in refusals
        ],
    }
    return json.dumps(document)
