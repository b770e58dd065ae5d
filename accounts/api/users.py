"""Users over HTTP: who there is, how they stand, and which roles they hold."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from roles import policy
from roles.api.describing import describe_sources
from roles.rest_framework.etags import etag_of
from roles.rest_framework.views import GovernedView
from roles.snapshots import annotated

from ..models import User
from ..models.user import State
from .held import UserRoles
from .shapes import UserSerializer

STATES = (*State.values, "deactivated")


class StandingFilter(BaseFilterBackend):
    """Ask for people by their state, a role that they hold now, or a team."""

    def query_names(self, view: Any, user: Any) -> Iterable[str]:
        """Name the parameters."""
        return {"state", "role", "team"}

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        """Keep the people who fit all of what is asked."""
        asked = {
            name: request.GET[name] for name in ("state", "role", "team") if name in request.GET
        }
        if wrong := {name: [_("Give a value.")] for name, value in asked.items() if not value}:
            raise ValidationError(wrong)
        for name, value in asked.items():
            queryset = getattr(self, f"_by_{name}")(queryset, value)
        return queryset

    def _by_state(self, people: QuerySet, state: str) -> QuerySet:
        if state not in STATES:
            raise ValidationError({"state": [_("Choose one of %s.") % ", ".join(STATES)]})
        if state == "deactivated":
            return people.filter(is_active=False)
        return people.filter(is_active=True, state=state)

    def _by_role(self, people: QuerySet, code: str) -> QuerySet:
        held = policy.current_assignments().filter(role__code=code)
        return people.filter(pk__in=held.values("user"))

    def _by_team(self, people: QuerySet, code: str) -> QuerySet:
        return people.filter(
            pk__in=User.teams.through.objects.filter(team__code=code).values("user")
        )

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the parameters for OpenAPI."""
        said = {
            "state": {"type": "string", "enum": list(STATES)},
            "role": {"type": "string", "description": "The code of a role that is held now."},
            "team": {"type": "string", "description": "The code of a team."},
        }
        return [
            {"name": name, "in": "query", "required": False, "schema": schema}
            for name, schema in said.items()
        ]


class UserViewSet(UserRoles, mixins.ListModelMixin, GovernedView, GenericViewSet):
    """The people of the account; who may change whom, section 6 says in the services."""

    queryset = User.objects.select_related("department")
    serializer_class = UserSerializer
    filter_backends = [*GovernedView.filter_backends, StandingFilter]
    search_fields = ("username", "first_name", "last_name", "email")
    lookup_field = "username"
    lookup_value_regex = "[^/]+"

    def retrieve(self, request: Request, username: str) -> Response:
        """Give one person."""
        return self.answer(self.person(username))

    @action(detail=True, asks="view")
    def access(self, request: Request, username: str) -> Response:
        """Give what the person may do right now, and which role says so; needs `roles.view` too."""
        person = self.person(username)
        if not policy.check(request.user, "roles.view"):
            raise PermissionDenied
        return Response(describe_sources(annotated(User.objects.filter(pk=person.pk)).get()))

    def person(self, username: str) -> User:
        """Find the person among those in view reach, and ask for the action on them (R23)."""
        people = (
            self.page_query(self.get_queryset()) if "\x00" not in username else User.objects.none()
        )
        found = people.filter(username=username).first()
        if found is None:
            raise NotFound
        self.check_object_permissions(self.request, found)
        return found

    def answer(self, person: User, code: int = status.HTTP_200_OK) -> Response:
        """Show the person as the asker may see them."""
        body = self.get_serializer(person).data
        return Response(body, status=code, headers={"ETag": etag_of(body)})
