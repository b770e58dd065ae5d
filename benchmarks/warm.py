"""Goals a and a2: checks on a person whose access is known, without any query.

Every figure is the mean of 16 names, taken in a loop `for name in names: …`. Both sides of a
ratio go through the same loop and include it, as the goals were measured; beside it stands the
ratio with the time of an empty loop taken away from both, which is stricter. Nothing here waits
for anything, so it is the processor's time that is taken.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.test import override_settings

from roles import policy
from roles.backends import RoleBackend

from . import world
from .plan import Plan
from .rows import Row, ratio
from .sides import MODEL_BACKEND, OURS
from .timing import cpu_seconds_of, take_turns

Names = list[str]
FAST_REPEATS = 200
SLOW_REPEATS = 20
ROLE_BACKEND = f"{RoleBackend.__module__}.{RoleBackend.__qualname__}"


def _empty(_subject: None, names: Names) -> None:
    for _name in names:
        pass


def _in_set(codes: frozenset[str], names: Names) -> None:
    for name in names:
        name in codes  # noqa: B015


def _can(access: Any, names: Names) -> None:
    for name in names:
        access.can(name)


def _has_perm(user: Any, names: Names) -> None:
    for name in names:
        user.has_perm(name)


def _per_name(loop: Callable[..., None], subject: Any, names: Names, repeats: int) -> float:
    many = names * repeats
    return cpu_seconds_of(lambda: loop(subject, many)) / len(many)


def _with_backends(backends: Iterable[str], user: Any, names: Names) -> float:
    with override_settings(AUTHENTICATION_BACKENDS=list(backends)):
        return _per_name(_has_perm, user, names, SLOW_REPEATS)


def _known(username: str) -> tuple[Any, Any]:
    """Give someone as our backend fetches them and as Django's does, both asked once before."""
    pk = world.person(username).pk
    ours, django = RoleBackend().get_user(pk), ModelBackend().get_user(pk)
    if policy.access_for(ours).codes != ModelBackend().get_all_permissions(django):
        raise AssertionError(f"The two sides do not give {username} the same.")
    return ours, django


def measure_a(plan: Plan) -> list[Row]:
    """Compare `access.can` with a frozenset test and with Django's cached `has_perm`."""
    cases = {"empty": lambda: _per_name(_empty, None, ["a.name"] * 16, FAST_REPEATS)}
    for roles, username in ((3, world.PEOPLE.three), (20, world.PEOPLE.twenty)):
        ours, django = _known(username)
        access, codes = policy.access_for(ours), frozenset(policy.access_for(ours).codes)
        for answer, names in zip(("allow", "deny"), world.examples(access), strict=True):
            key = f"{answer} {roles}"
            cases |= {
                f"set {key}": lambda c=codes, n=names: _per_name(_in_set, c, n, FAST_REPEATS),
                f"can {key}": lambda a=access, n=names: _per_name(_can, a, n, FAST_REPEATS),
                f"django {key}": lambda u=django, n=names: _with_backends((MODEL_BACKEND,), u, n),
            }
    return list(_rows_of_a(take_turns(cases, plan.rounds)))


def _rows_of_a(took: dict[str, float]) -> Iterator[Row]:
    for roles in (3, 20):
        for key in (f"allow {roles}", f"deny {roles}"):
            yield from _beside_a_set(key, took)
        yield ratio(
            "a",
            f"`access.can`, {roles} roles, × Django's cached `user.has_perm`",
            _mean(took, "can", roles) / _mean(took, "django", roles),
            1,
            limit=1 / 25,
        )
    more = (_mean(took, what, 20) / _mean(took, what, 3) for what in ("can", "django"))
    yield ratio("a", "20 roles × 3 roles", *more, limit=1.1)


def _beside_a_set(key: str, took: dict[str, float]) -> Iterator[Row]:
    what = f"`access.can`, {key} roles, × a frozenset test"
    can, django, floor = (took[f"{side} {key}"] for side in ("can", "django", "set"))
    yield ratio("a", what, can / floor, django / floor, limit=3)
    can, django, floor = (seconds - took["empty"] for seconds in (can, django, floor))
    yield ratio("a", f"{what}, without the loop", can / floor, django / floor)


def _mean(took: dict[str, float], what: str, roles: int) -> float:
    return (took[f"{what} allow {roles}"] + took[f"{what} deny {roles}"]) / 2


def measure_a2(plan: Plan) -> list[Row]:
    """Compare `user.has_perm` with our backend alone, the site's list, and ModelBackend alone."""
    ours, django = _known(world.PEOPLE.three)
    names = dict(zip(("allow", "deny"), world.examples(policy.access_for(ours)), strict=True))
    sides = {
        "ours": ((ROLE_BACKEND,), ours),
        "site": (OURS.backends, ours),
        "django": ((MODEL_BACKEND,), django),
    }
    took = take_turns(
        {
            f"{side} {answer}": lambda b=backends, u=user, n=names[answer]: _with_backends(b, u, n)
            for side, (backends, user) in sides.items()
            for answer in names
        },
        plan.rounds,
    )
    alone = "`user.has_perm`, {}, our backend alone, × ModelBackend alone"
    listed = f"the same, {{}}, the site's whole list ({len(OURS.backends)})"
    return [
        ratio(
            "a2", what.format(answer), took[f"{side} {answer}"] / took[f"django {answer}"], 1, **k
        )
        for side, what, k in (("ours", alone, {"limit": 0.85}), ("site", listed, {}))
        for answer in names
    ]
