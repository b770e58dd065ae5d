"""References to other records: people by name, records by id, or "no access" (R24)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from .. import policy
from ..registry import registry

NO_ACCESS = "no access"
"""Stands where a record refers to something that the viewer may not view (R24)."""

MANY_MAX = 200


def is_person(related: type[Model]) -> bool:
    """Tell whether a reference names a person, who goes by their user name."""
    return related is get_user_model()


def key_of(related: type[Model]) -> str:
    """Give the field by which a reference names what it leads to.

    People go by their user name; a model that says so in `named_in_api` by that field.
    """
    if is_person(related):
        return str(get_user_model().USERNAME_FIELD)
    return getattr(related, "named_in_api", "pk")


def in_sight(user: Any, related: type[Model]) -> QuerySet[Any]:
    """Give what `user` may view of a related model; people always see themselves."""
    everything = related._default_manager.all()
    if registry.module_of(related) is None:
        return everything
    found = policy.accessible(everything, user, "view")
    if not is_person(related):
        return found
    return everything.filter(Q(pk__in=found.values("pk")) | Q(pk=user.pk))


def named(user: Any, related: type[Model]) -> QuerySet[Any]:
    """Give what is in sight under a name that `user` may read: of people, perhaps only their own.

    Where user names are hidden, neither does a reference show one nor is it asked for by one (R23).
    """
    found = in_sight(user, related)
    return found.filter(pk=user.pk) if hides_names(user, related) else found


def hides_names(user: Any, related: type[Model] | None) -> bool:
    """Tell whether these are people whose user names are hidden from `user` (R16)."""
    return related is not None and is_person(related) and not policy.names_people(user)


def shown(user: Any, related: type[Model], pks: Iterable[Any]) -> Mapping[Any, Any]:
    """Give how each of `pks` that `user` may view and name is written, with at most one query."""
    wanted = set(pks) - {None}
    if not wanted:
        return {}
    return dict(named(user, related).filter(pk__in=wanted).values_list("pk", key_of(related)))


class ReferenceField(serializers.Field):
    """A reference: shown and chosen only where it leads to something in view reach (R24).

    An owner is chosen among the people whose records lie in the actor's scopes (R18).
    """

    default_error_messages = {
        "list": _("Give a list of at most {most}."),
        "type": _("Give the id of a record."),
        "name": _("Give a name."),
        "choice": _("There is nothing of this name to choose."),
    }

    def __init__(self, *, related: type[Model], **kwargs: Any) -> None:
        self.related = related
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> Any:
        """Give nothing: what a reference shows is a matter of the whole page (`Sight`)."""
        raise NotImplementedError("References are shown by GovernedSerializer.")

    def to_internal_value(self, data: Any) -> Any:
        """Find the record, in the same words whether it is out of reach or never was (R23)."""
        found = self._offered().filter(**{self._name: self._key(data)}).first()
        if found is None:
            self.fail("choice")
        return found

    @property
    def _name(self) -> str:
        return key_of(self.related)

    def _key(self, data: Any) -> Any:
        if self._name != "pk":
            if not isinstance(data, str) or "\x00" in data:
                self.fail("name")
            return data
        key = self.related._meta.pk
        try:
            value = key.to_python(data)
        except (ValidationError, TypeError, ValueError):
            self.fail("type")
        if isinstance(data, bool) or (isinstance(value, int) and not isinstance(data, int)):
            self.fail("type")
        return value

    def _offered(self) -> QuerySet[Any]:
        parent: Any = self.parent
        user, module = parent.user, parent.module
        if self.source != module.owner_field:
            return in_sight(user, self.related)
        if parent.instance is None:
            return policy.possible_owners(user, module, "create")
        return policy.possible_owners(user, module, "edit", parent.instance)


class ManyReferencesField(ReferenceField):
    """References to many: each shown and chosen only where it is in view reach (R24)."""

    def to_internal_value(self, data: Any) -> list[Any]:
        """Find all of them, or refuse the whole."""
        if not isinstance(data, list) or len(data) > MANY_MAX:
            self.fail("list", most=MANY_MAX)
        wanted = {self._key(item) for item in data}
        found = list(self._offered().filter(**{f"{self._name}__in": wanted}))
        if len(found) < len(wanted):
            self.fail("choice")
        return found
