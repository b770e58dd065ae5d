"""Ask one check through each door that can answer it in-process."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser

from roles import policy, snapshots
from roles.core.names import normalise
from roles.core.worlds import Check
from roles.registry import registry

from .building import Built

Answers = dict[str, Any]


class NotAnswered(Exception):
    """A check of a form that this release has no door for yet."""


class Doors:
    """The doors, with the world's people fetched as a session fetches them."""

    def __init__(self, built: Built, keys_by_record: dict[tuple[str, Any], str]) -> None:
        self._built = built
        self._keys = keys_by_record
        people = next(iter(built.people.values()), None)
        pks = {user.pk: key for key, user in built.people.items()}
        rows = snapshots.annotated(type(people)._default_manager.all()) if people else []
        self._people = {pks[user.pk]: user for user in rows if user.pk in pks}

    def person(self, key: str | None) -> Any:
        """Give the person as a request would have them, or an anonymous one."""
        return AnonymousUser() if key is None else self._people[key]

    def ask(self, check: Check) -> Answers:
        """Give the answer of each door by its name."""
        asker = getattr(self, f"_ask_{check.kind}", None)
        if asker is None:
            raise NotAnswered(f"“{check.kind}” checks are not answered in this release.")
        return asker(check, self.person(check.user))

    def because(self, check: Check) -> str:
        """Give the reason of the single check, where there is one."""
        if check.kind not in ("permission", "record"):
            return ""
        record = self._record(check) if check.record else None
        return policy.check(self.person(check.user), check.permission or "", record).because

    def _ask_permission(self, check: Check, user: Any) -> Answers:
        name = check.permission or ""
        answers: Answers = {"check": bool(policy.check(user, name))}
        if user.is_active and user.is_superuser:
            # Django says yes to a superuser before any backend is asked (R3).
            return answers
        answers["has_perm"] = user.has_perm(name)
        answers["ahas_perm"] = async_to_sync(user.ahas_perm)(name)
        if policy.is_governed(name) or name == normalise(name):
            answers["get_all_permissions"] = name in user.get_all_permissions()
        return answers

    def _ask_record(self, check: Check, user: Any) -> Answers:
        name, record = check.permission or "", self._record(check)
        answers: Answers = {"check": bool(policy.check(user, name, record))}
        module, _dot, action = (policy.resolve(name) or "").partition(".")
        governing = policy.governing(type(record))
        if governing.code == module and action in governing.actions:
            found = type(record)._default_manager.accessible_by(user, action)
            answers["accessible_by"] = found.filter(pk=record.pk).exists()
        if not (user.is_active and user.is_superuser):
            answers["has_perm"] = user.has_perm(name, record)
            answers["ahas_perm"] = async_to_sync(user.ahas_perm)(name, record)
        return answers

    def _ask_list(self, check: Check, user: Any) -> Answers:
        model = self._model(check.module or "")
        module, action = policy.governing(model), check.action or "view"
        if action not in module.actions:
            return {"accessible_by": []}
        found = model._default_manager.accessible_by(user, action).values_list("pk", flat=True)
        pks = {(model._meta.label, pk) for pk in found}
        listed = [key for found_pk, key in self._keys.items() if found_pk in pks]
        records = {key: self._built.records[key] for key in listed}
        code = f"{module.code}.{action}"
        mine = [k for label_pk, k in self._keys.items() if label_pk[0] == model._meta.label]
        checked = [k for k in mine if policy.check(user, code, self._built.records[k])]
        return {"accessible_by": list(records), "check": checked}

    def _record(self, check: Check) -> Any:
        record = self._built.records[check.record or ""]
        if record is None:
            raise NotAnswered(f"The module of “{check.record}” has no records in this release.")
        return record

    def _model(self, module: str) -> Any:
        models = registry.models_of(registry.module(module))
        if not models:
            raise NotAnswered(f"“{module}” has no records in this release.")
        return models[0]
