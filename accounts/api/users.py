"""Users over HTTP: who there is, how they stand, and which roles they hold."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from roles import policy
from roles.api.describing import describe_sources
from roles.rest_framework.activities import RecordHistory
from roles.rest_framework.etags import Marked
from roles.rest_framework.trash import Trash
from roles.rest_framework.views import GovernedView, refuse_body
from roles.services.delegation import require
from roles.snapshots import annotated

from ..models import User
from ..second_factor import has_second_factor
from ..services import people
from ..services.approval import approve_person, reject_person
from ..services.placing import GROUPS
from ..standing import DEACTIVATED, STATES
from .held import UserRoles
from .shapes import UserSerializer, sees_roles
from .writing import change_user, create_user, read_roles, read_wish


class StandingFilter(BaseFilterBackend):
    """Ask for people by their state, a role that they hold now, or a team."""

    def query_names(self, view: Any, user: Any) -> Iterable[str]:
        """Name the parameters; one by roles is there for who may view roles (R23, R24)."""
        return {"state", "team", "role"} if sees_roles(user) else {"state", "team"}

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
        if state == DEACTIVATED:
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


class UserViewSet(
    UserRoles, RecordHistory, Trash, Marked, mixins.ListModelMixin, GovernedView, GenericViewSet
):
    """The people of the account; who may change whom, section 6 says in the services."""

    queryset = User.objects.select_related("department")
    serializer_class = UserSerializer
    filter_backends = [*GovernedView.filter_backends, StandingFilter]
    search_fields = ("username", "first_name", "last_name", "email")
    lookup_field = "username"
    lookup_value_regex = "[^/]+"

    def check_permissions(self, request: Request) -> None:
        """Let in to a change whoever may only move people, too: each key is asked for (D6a)."""
        if self.action == "partial_update" and not policy.check(request.user, "users.edit"):
            self.asks = GROUPS if policy.check(request.user, GROUPS) else self.asks
        super().check_permissions(request)

    def retrieve(self, request: Request, username: str) -> Response:
        """Give one person."""
        return self.answer(self.person(username))

    def create(self, request: Request) -> Response:
        """Make a person, who chooses a password by e-mail; roles are given afterwards."""
        origin = request.build_absolute_uri("/")
        wish = read_wish(request.data, asker=request.user)
        made = create_user(acting_user=request.user, wish=wish, origin=origin)
        seen = self.page_query(self.get_queryset()).filter(pk=made.pk).first()
        code = status.HTTP_201_CREATED
        answer = self.answer(seen, code) if seen else Response({}, status=code)  # R17
        answer["Location"] = f"{request.build_absolute_uri(request.path)}{made.username}/"
        return answer

    def partial_update(self, request: Request, username: str) -> Response:
        """Change who a person is and where they stand in the organisation (D3, D6a)."""
        with self._unchanged(username) as person:
            wish = read_wish(request.data, asker=request.user, shown=self._shown(person))
            changed = change_user(acting_user=request.user, person=person, wish=wish)
        return self.answer(self._found(changed.username))

    def destroy(self, request: Request, username: str) -> Response:
        """Move a person to the trash (D2, D3, D7)."""
        with self._unchanged(username) as person:
            people.delete_person(acting_user=request.user, person=person)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True, methods=["post"], asks="delete")
    def undelete(self, request: Request, username: str) -> Response:
        """Take a person out of the trash; `restore` is the way back from a suspension (R26)."""
        found = None if "\x00" in username else self.in_trash().filter(username=username).first()
        if found is None:
            raise NotFound
        refuse_body(request)
        people.undelete_person(acting_user=request.user, person=found)
        return self.answer(self._found(username))

    @action(detail=True, methods=["post"], asks="edit")
    def suspend(self, request: Request, username: str) -> Response:
        """Shut a person out until they are restored (R1)."""
        return self._move(request, username, people.suspend_person)

    @action(detail=True, methods=["post"], asks="edit")
    def restore(self, request: Request, username: str) -> Response:
        """Let a person in again who was suspended."""
        return self._move(request, username, people.restore_person)

    @action(detail=True, methods=["post"], asks="users.approve")
    def approve(self, request: Request, username: str) -> Response:
        """Let in a person who waits, with the `roles` that are sent (D5, D12)."""
        person = self.person(username)
        approve_person(
            acting_user=request.user, user=person, roles=read_roles(request.data, request.user)
        )
        return self.answer(self._found(username))

    @action(detail=True, methods=["post"], asks="users.approve")
    def reject(self, request: Request, username: str) -> Response:
        """Turn away a person who waits (D12)."""
        refuse_body(request)
        reject_person(acting_user=request.user, user=self.person(username))
        return self.answer(self._found(username))

    @action(detail=True, methods=["delete"], asks="passwords.manage", url_path="second-factor")
    def second_factor(self, request: Request, username: str) -> Response:
        """Take off a person's second factor: the password alone lets them in (D3)."""
        person = self.person(username)
        if not has_second_factor(person):
            raise NotFound
        refuse_body(request)
        people.remove_second_factor(acting_user=request.user, person=person)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _move(self, request: Request, username: str, service: Any) -> Response:
        refuse_body(request)
        service(acting_user=request.user, person=self.person(username))
        return self.answer(self._found(username))

    @action(detail=True, asks="view")
    def access(self, request: Request, username: str) -> Response:
        """Give what the person may do right now, and which role says so; needs `roles.view` too."""
        person = self.person(username)
        require(request.user, "roles.view")
        stored = annotated(User.objects.filter(pk=person.pk)).get()
        return Response(describe_sources(stored, request.user))

    def get_object(self) -> User:
        """Find the addressed person, whose history is asked for."""
        return self.person(self.kwargs[self.lookup_field])

    def person(self, username: str) -> User:
        """Find the person among those in view reach, and ask for the action on them (R23)."""
        found = self._found(username)
        self.check_object_permissions(self.request, found)
        return found

    def _found(self, username: str) -> User:
        people_in_reach = self.page_query(self.get_queryset())
        if (found := people_in_reach.filter(username=username).first()) is None:
            raise NotFound
        return found

    def answer(self, person: User, code: int = status.HTTP_200_OK) -> Response:
        """Show the person as the asker may see them."""
        return self.marked(self._shown(person), code)

    def _shown(self, person: User) -> dict[str, Any]:
        return self.get_serializer(person).data

    def _unchanged(self, username: str) -> AbstractContextManager[User]:
        return self.unchanged(lambda: self.person(username), self._shown)
