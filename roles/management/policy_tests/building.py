"""Make a policy test's world out of the real models."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction

from roles.core.errors import Refused
from roles.core.worlds import PolicyTest, WorldRecord
from roles.directory import get_directory
from roles.models import Role
from roles.registry import registry
from roles.services.installation import (
    install_assignment,
    install_share,
    load_role,
    switch_modules,
)
from roles.services.records import create_record
from roles.services.sharing import receiver_named

MADE_UP: Mapping[type, Any] = {
    models.CharField: "made up",
    models.TextField: "made up",
    models.IntegerField: 1,
    models.DecimalField: 1,
    models.DateField: "2026-01-01",
    models.DateTimeField: "2026-01-01T00:00:00Z",
}


class Built:
    """The people and records of a world, by their keys."""

    def __init__(self, test: PolicyTest) -> None:
        self.roles = _make_roles(test)
        self.people = get_directory().build_world(test)
        for key, person in test.users.items():
            for held in person.roles:
                install_assignment(
                    user=self.people[key],
                    role=self.roles[held.role],
                    valid_from=held.valid_from,
                    valid_until=held.valid_until,
                )
        self.records: dict[str, Any] = {}
        for key, record in test.records.items():
            self.records[key] = self._make_record(key, record)
        self._make_shares(test)
        switch_modules(test.disabled_modules, enabled=False)

    def _make_shares(self, test: PolicyTest) -> None:
        """Store the shares; teams are found as the API finds them."""
        for share in test.shares:
            record = self.records[share.record]
            if record is not None:
                module = registry.module(test.records[share.record].module)
                receiver = receiver_named(module, team=share.team) if share.team else None
                install_share(
                    record=record,
                    receiver=receiver or self.people[share.user or ""],
                    give=share.give,
                )

    def _make_record(self, key: str, record: WorldRecord) -> Any:
        """Store a record with the values given; what else it needs is made up."""
        module = registry.module(record.module)
        if module.model is None:
            return None
        model = registry.models_of(module)[0]
        made = model(**_required(model, key))
        for name, value in record.values.items():
            self._set(made, name, value)
        if module.owner_field and record.owner is not None:
            setattr(made, module.owner_field, self.people[record.owner])
        if module.deleted_field and record.deleted:
            setattr(made, module.deleted_field, MADE_UP[models.DateTimeField])
        made.save()
        return made

    def try_to_create(self, user: Any, model: Any, values: Mapping[str, Any]) -> bool | None:
        """Create a record through the service and take it back; `None` where the model refuses.

        What else the record needs is made up, and only the values sent are judged (R17).
        """
        made = model(**_required(model, "made up"))
        owner = registry.module_of(model).owner_field
        try:
            with transaction.atomic():
                if owner in {field.name for field in model._meta.fields}:
                    setattr(made, owner, user if user.is_authenticated else None)
                for name, value in values.items():
                    setattr(made, name, value)
                made.clean_fields()
                create_record(acting_user=user, record=made, sent=values)
                transaction.set_rollback(True)
        except Refused:
            return False
        except (DatabaseError, ValidationError, ValueError, TypeError):
            return None
        return True

    def _set(self, record: Any, name: str, value: Any) -> None:
        field = record._meta.get_field(name)
        known = self.records if field.is_relation else {}
        setattr(record, name, known.get(value, value))


def _make_roles(test: PolicyTest) -> dict[str, Role]:
    """Store the roles, bases first."""
    made = {role.code: role for role in Role.objects.all()}
    waiting = {role.code: role for role in test.roles}
    while waiting:
        ready = [spec for spec in waiting.values() if spec.base is None or spec.base in made]
        for spec in ready:
            made[spec.code] = load_role(spec)
            del waiting[spec.code]
    return made


def _required(model: type[models.Model], key: str) -> dict[str, Any]:
    """Make up a value for each field that cannot stay empty."""
    needed = [
        field
        for field in model._meta.concrete_fields
        if not (field.blank or field.null or field.has_default() or field.primary_key)
        and not getattr(field, "auto_now", False)
        and not getattr(field, "auto_now_add", False)
    ]
    return {
        field.name: key if isinstance(field, models.CharField) else _make_up(field)
        for field in needed
    }


def _make_up(field: Any) -> Any:
    return next(value for kind, value in MADE_UP.items() if isinstance(field, kind))
