"""Ask one check through each door that can answer it in-process."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser

from roles import policy, snapshots
from roles.core.errors import UnknownName
from roles.core.fields import FieldMask
from roles.core.names import normalise
from roles.core.worlds import Check
from roles.registry import registry

from .building import Built
from .over_http import OverHttp

Answers = dict[str, Any]


class NotAnswered(Exception):
    """A check that this release cannot answer yet; better no answer than a wrong one."""


class Doors:
    """The doors, with the world's people fetched as a session fetches them."""

    def __init__(self, built: Built, keys_by_record: dict[tuple[str, Any], str]) -> None:
        self._built = built
        self._keys = keys_by_record
        self._http = OverHttp()
        self._known: dict[tuple[Any, ...], Any] = {}
        people = next(iter(built.people.values()), None)
        pks = {user.pk: key for key, user in built.people.items()}
        rows = snapshots.annotated(type(people)._default_manager.all()) if people else []
        self._people = {pks[user.pk]: user for user in rows if user.pk in pks}

    def person(self, key: str | None) -> Any:
        """Give the person as a request would have them, or an anonymous one."""
        return AnonymousUser() if key is None else self._people[key]

    def ask(self, check: Check) -> Answers:
        """Give the answer of each door by its name."""
        asker = getattr(self, f"_ask_{check.kind}")
        return asker(check, self.person(check.user))

    def because(self, check: Check) -> str:
        """Give the reason of the single check, where there is one."""
        user, record = self.person(check.user), self._record(check) if check.record else None
        if check.kind in ("permission", "record"):
            return policy.check(user, check.permission or "", record).because
        if check.kind == "read":
            return policy.check_read(user, record, check.field or "").because
        if check.kind == "write":
            return policy.check_write(user, record, check.field or "").because
        if check.kind == "create":
            return policy.check_create(user, check.module or "", self._values(check)).because
        return ""

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
        answers: Answers = {"check": self._check(user, name, record)}
        module, _dot, action = (policy.resolve(name) or "").partition(".")
        governing = policy.governing(type(record))
        if governing.code == module and action in governing.actions:
            found = type(record)._default_manager.accessible_by(user, action)
            answers["accessible_by"] = found.filter(pk=record.pk).exists()
            if action == "view":
                answers |= self._shown(user, record)
        if not (user.is_active and user.is_superuser):
            answers["has_perm"] = user.has_perm(name, record)
            answers["ahas_perm"] = async_to_sync(user.ahas_perm)(name, record)
        return answers

    def _check(self, user: Any, name: str, record: Any) -> bool:
        """Ask the single check once: lists ask again about what was asked about by itself."""
        key = (user.pk, name, type(record), record.pk)
        if key not in self._known:
            self._known[key] = bool(policy.check(user, name, record))
        return self._known[key]

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
        checked = [k for k in mine if self._check(user, code, self._built.records[k])]
        answers: Answers = {"accessible_by": list(records), "check": checked}
        rows = self._http.rows(user, model) if action == "view" else None
        if rows is not None:
            answers["api"] = [k for k in mine if self._built.records[k].pk in rows]
        return answers

    def _ask_read(self, check: Check, user: Any) -> Answers:
        record, field = self._record(check), check.field or ""
        return {
            "check_read": bool(policy.check_read(user, record, field)),
            "field_mask": field in policy.field_mask(user, record).readable,
            "field_masks": field in self._on_a_page(user, record).readable,
            "readable_on": self._is_readable(user, record, field),
            **self._shown(user, record, field),
        }

    def _shown(self, user: Any, record: Any, field: str | None = None) -> Answers:
        """Look for the record, or a field that a role can name, in the list that the API gives."""
        rows = self._http.rows(user, type(record))
        governed = registry.fields_of(policy.governing(type(record)))
        if rows is None or field not in (None, *governed):
            return {}
        row = rows.get(record.pk)
        return {"api": row is not None and (field is None or field in row)}

    def _ask_write(self, check: Check, user: Any) -> Answers:
        record, field = self._record(check), check.field or ""
        return {
            "check_write": bool(policy.check_write(user, record, field)),
            "field_mask": field in policy.field_mask(user, record).writable,
            "field_masks": field in self._on_a_page(user, record).writable,
        }

    def _on_a_page(self, user: Any, record: Any) -> FieldMask:
        """Give the mask as a list of all the module's records has it."""
        key = (user.pk, type(record))
        if key not in self._known:
            rows = type(record)._default_manager.filter(pk__in=self._pks_of(type(record)))
            self._known[key] = policy.field_masks(user, policy.with_masks(rows, user))
        return self._known[key][record.pk]

    def _is_readable(self, user: Any, record: Any, field: str) -> bool:
        try:
            found = policy.readable_on(type(record)._default_manager.all(), user, field)
        except UnknownName:
            return False
        return found.filter(pk=record.pk).exists()

    def _ask_create(self, check: Check, user: Any) -> Answers:
        model, values = self._model(check.module or ""), self._values(check)
        answers: Answers = {
            "check_create": bool(policy.check_create(user, check.module or "", values))
        }
        stored = self._built.try_to_create(user, model, values)
        return answers if stored is None else answers | {"create_record": stored}

    def _values(self, check: Check) -> dict[str, Any]:
        """Give the values with the people and records that their keys stand for."""
        owner = registry.module(check.module or "").owner_field
        known = {owner: self._built.people} if owner else {}
        return {
            name: known.get(name, self._built.records).get(value, value)
            if isinstance(value, str)
            else value
            for name, value in check.values.items()
        }

    def _pks_of(self, model: Any) -> list[Any]:
        return [pk for label, pk in self._keys if label == model._meta.label]

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
