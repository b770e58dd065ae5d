"""What the list of invitations can be asked by, and in which order it comes."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from roles import policy
from roles.core import clock
from roles.models import Role
from roles.rest_framework.filters import ORDERING, SEARCH, SEARCH_MAX, parameter, words_of
from roles.rest_framework.references import in_sight

from ..models import InvitationState

ORDERS = ("sent_at", "expires_at", "email")


def roles_named_to(user: Any) -> QuerySet[Role]:
    """Give the roles that the person may view or give; no other one is named to them (R24)."""
    viewed = in_sight(user, Role).values("pk")
    givable = policy.roles_to_give(user)
    return Role.objects.filter(pk__in=viewed) | Role.objects.filter(code__in=givable)


class InvitationFilter(BaseFilterBackend):
    """Ask for invitations by state, address and role; search addresses; order them."""

    names = ("state", "email", "role", SEARCH, ORDERING)

    def query_names(self, view: Any, user: Any) -> Iterable[str]:
        """Name the parameters."""
        return self.names

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        """Keep the invitations that fit all of what is asked."""
        for name in self.names:
            if name in request.GET:
                if not request.GET[name]:
                    raise ValidationError({name: [_("Give a value.")]})
                ask = getattr(self, f"_by_{name}")
                queryset = ask(queryset, request.GET[name], request.user)
        return queryset

    def _by_state(self, rows: Any, state: str, user: Any) -> QuerySet:
        if state not in InvitationState.values:
            choices = ", ".join(InvitationState.values)
            raise ValidationError({"state": [_("Choose one of %s.") % choices]})
        return rows.in_state(InvitationState(state), clock.now())

    def _by_email(self, rows: QuerySet, address: str, user: Any) -> QuerySet:
        return rows.filter(email__iexact=address)

    def _by_role(self, rows: QuerySet, code: str, user: Any) -> QuerySet:
        """Keep those to a role that is named to the asker; any other is as none (R23)."""
        return rows.filter(role__in=roles_named_to(user).filter(code=code).values("pk"))

    def _by_search(self, rows: QuerySet, text: str, user: Any) -> QuerySet:
        for word in words_of(text):
            rows = rows.filter(email__icontains=word)
        return rows

    def _by_ordering(self, rows: QuerySet, text: str, user: Any) -> QuerySet:
        names = text.split(",")
        columns = [name.removeprefix("-") for name in names]
        if not set(columns) <= set(ORDERS) or len(set(columns)) < len(columns):
            raise ValidationError({ORDERING: [_("Order by %s, each once.") % ", ".join(ORDERS)]})
        return rows.order_by(*names, "-pk")

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the parameters for OpenAPI."""
        state = parameter("state", "What has become of it.")
        state["schema"]["enum"] = list(InvitationState.values)
        orders = f"Fields with commas between, - for downwards: {', '.join(ORDERS)}."
        return [
            state,
            parameter("email", "The very address, in any case."),
            parameter("role", "The code of a role."),
            parameter(SEARCH, "Words that stand in the address.", SEARCH_MAX),
            parameter(ORDERING, orders),
        ]
