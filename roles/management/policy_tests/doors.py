"""Ask the checks of a file through each door that can answer them in-process.

What several checks come to is asked once: the world stands still, and so do its answers.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from roles import policy, snapshots
from roles.core.errors import UnknownName
from roles.core.fields import FieldMask
from roles.core.names import normalise
from roles.core.worlds import Check
from roles.registry import registry

from .asynchronous import AsyncDoor
from .building import Built
from .over_http import OverHttp

Answers = dict[str, Any]


class NotAnswered(Exception):
    """A check that this release cannot answer yet; better no answer than a wrong one."""


class Doors:
    """The doors, with the world's people fetched as a session fetches them.

    `checks` are all that will be asked: what of them can be asked together is.
    """

    def __init__(
        self, built: Built, keys_by_record: dict[tuple[str, Any], str], checks: Iterable[Check] = ()
    ) -> None:
        self._built = built
        self._keys = keys_by_record
        self._http = OverHttp()
        self._known: dict[tuple[Any, ...], Any] = {}
        people = next(iter(built.people.values()), None)
        pks = {user.pk: key for key, user in built.people.items()}
        rows = snapshots.annotated(type(people)._default_manager.all()) if people else []
        self._people = {pks[user.pk]: user for user in rows if user.pk in pks}
        self._async = AsyncDoor(
            (self.person(c.user), c.permission or "", built.records.get(c.record or ""))
            for c in checks
            if c.kind in ("permission", "record")
        )
        self._asked_about: dict[tuple[str | None, Any], set[Any]] = {}
        for check in checks:
            record = built.records.get(check.record or "")
            if record is not None:
                self._asked_about.setdefault((check.user, type(record)), set()).add(record.pk)

    def person(self, key: str | None) -> Any:
        """Give the person as a request would have them, or an anonymous one."""
        return AnonymousUser() if key is None else self._people[key]

    def ask(self, check: Check) -> Answers:
        """Give the answer of each door by its name; a door that has no part in it is left out."""
        asker = getattr(self, f"_ask_{check.kind}")
        answers: Answers = asker(check, self.person(check.user))
        return {door: answer for door, answer in answers.items() if answer is not None}

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

    # Permissions

    def _ask_permission(self, check: Check, user: Any) -> Answers:
        name = check.permission or ""
        answers: Answers = {"check": bool(policy.check(user, name))}
        if user.is_active and user.is_superuser:
            # Django says yes to a superuser before any backend is asked (R3).
            return answers
        answers |= self._has_perm(user, name, None)
        if policy.is_governed(name) or name == normalise(name):
            answers["get_all_permissions"] = name in self._once(
                ("all", user.pk), user.get_all_permissions
            )
        return answers

    def _ask_record(self, check: Check, user: Any) -> Answers:
        name, record = check.permission or "", self._record(check)
        answers: Answers = {"check": bool(policy.check(user, name, record))}
        module, _dot, action = (policy.resolve(name) or "").partition(".")
        governing = policy.governing(type(record))
        if governing.code == module and action in governing.actions:
            pks = self._accessible(user, type(record), action, self._beside(check, record))
            answers["accessible_by"] = record.pk in pks
            answers["api"] = self._http.may(user, action, record)
            rows = self._http.rows(user, type(record)) if action == "view" else None
            answers["api_list"] = None if rows is None else record.pk in rows
        if not (user.is_active and user.is_superuser):
            answers |= self._has_perm(user, name, record)
        return answers

    def _has_perm(self, user: Any, name: str, record: Any) -> Answers:
        return {
            "has_perm": user.has_perm(name, record),
            "ahas_perm": self._async.has_perm(user, name, record),
        }

    # Lists

    def _ask_list(self, check: Check, user: Any) -> Answers:
        model = self._model(check.module or "")
        module, action = policy.governing(model), check.action or "view"
        if action not in module.actions:
            return {"accessible_by": []}
        mine = [key for (label, _pk), key in self._keys.items() if label == model._meta.label]
        records = {key: self._built.records[key] for key in mine}
        within = frozenset(record.pk for record in records.values())
        pks = self._accessible(user, model, action, within)
        checked = self._once(
            ("each", user.pk, model, action),
            lambda: policy.check_each(user, f"{module.code}.{action}", records.values()),
        )
        answers: Answers = {
            "accessible_by": [key for key in mine if records[key].pk in pks],
            "check": [key for key in mine if checked[records[key].pk]],
        }
        rows = self._http.rows(user, model) if action == "view" else None
        if rows is not None:
            answers["api"] = [key for key in mine if records[key].pk in rows]
        return answers

    def _accessible(self, user: Any, model: Any, action: str, within: frozenset[Any]) -> set[Any]:
        """Give which of the records `within` the filtered queryset holds."""

        def ask() -> set[Any]:
            found = model._default_manager.accessible_by(user, action).filter(pk__in=within)
            return set(found.values_list("pk", flat=True))

        return self._once(("accessible_by", user.pk, model, action, within), ask)

    # Fields

    def _ask_read(self, check: Check, user: Any) -> Answers:
        record, field = self._record(check), check.field or ""
        answers = {
            "check_read": bool(policy.check_read(user, record, field)),
            "field_masks": field in self._mask(check, user, record).readable,
            "readable_on": record.pk in self._readable_on(check, user, record, field),
        }
        if field in registry.fields_of(policy.governing(type(record))):
            # Of other columns, which no role can name, the API has rules of its own.
            answers["serializer"] = self._is_serialized(check, user, record, field)
            answers["api"] = self._http.shows(user, record, field)
        return answers

    def _is_serialized(self, check: Check, user: Any, record: Any, field: str) -> bool | None:
        """Tell whether the serializer shows the field, given the record among others."""

        def ask() -> Any:
            rows = type(record)._default_manager.filter(pk__in=self._beside(check, record))
            return self._http.serialized(user, type(record), rows)

        rows = self._once(("serializer", user.pk, type(record)), ask)
        if rows is None or field in rows.left_out:
            return None
        return field in rows.shown[record.pk]

    def _readable_on(self, check: Check, user: Any, record: Any, field: str) -> set[Any]:
        def ask() -> set[Any]:
            rows = type(record)._default_manager.filter(pk__in=self._beside(check, record))
            try:
                found = policy.readable_on(rows, user, field)
            except UnknownName:
                return set()
            return set(found.values_list("pk", flat=True))

        return self._once(("readable_on", user.pk, type(record), field), ask)

    def _ask_write(self, check: Check, user: Any) -> Answers:
        record, field = self._record(check), check.field or ""
        return {
            "check_write": bool(policy.check_write(user, record, field)),
            "field_masks": field in self._mask(check, user, record).writable,
            "api": self._http.takes(user, record, field),
        }

    def _mask(self, check: Check, user: Any, record: Any) -> FieldMask:
        """Give the mask as a list has it that holds all the records the file asks about."""

        def ask() -> dict[Any, FieldMask]:
            rows = type(record)._default_manager.filter(pk__in=self._beside(check, record))
            return policy.field_masks(user, policy.with_masks(rows, user))

        return self._once(("masks", user.pk, type(record)), ask)[record.pk]

    def _ask_create(self, check: Check, user: Any) -> Answers:
        model, values = self._model(check.module or ""), self._values(check)
        return {
            "check_create": bool(policy.check_create(user, check.module or "", values)),
            "create_record": self._built.try_to_create(user, model, values),
            "api": self._http.creates(user, model, values),
        }

    # What the checks name

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

    def _beside(self, check: Check, record: Model) -> frozenset[Any]:
        """Give the records of this kind that the file asks the same person about."""
        return frozenset(self._asked_about.get((check.user, type(record)), ())) | {record.pk}

    def _once(self, key: tuple[Any, ...], ask: Callable[[], Any]) -> Any:
        if key not in self._known:
            self._known[key] = ask()
        return self._known[key]

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
