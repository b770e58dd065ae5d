"""Teams and departments over HTTP: seen by whoever may view users, changed with `groups.manage`."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from roles import policy
from roles.core.specs import Module
from roles.rest_framework.etags import Marked
from roles.rest_framework.pagination import BoundedPages
from roles.rest_framework.permissions import GovernedPermission
from roles.rest_framework.references import in_sight
from roles.rest_framework.refusals import refuse_names, set_by_server
from roles.rest_framework.views import StrictQuery

from ..models import Department, Team, User
from ..models.organisation import NAME_MAX
from ..services import organisation, placing
from .by_name import ByName


class _Part(serializers.Serializer):
    """What a team and a department have; the code is how it is named for ever."""

    code = serializers.SlugField(max_length=NAME_MAX, allow_unicode=True)
    name = serializers.CharField(max_length=NAME_MAX)

    def to_internal_value(self, data: Any) -> Any:
        """Take these and nothing else; what cannot be set may be sent back as it was shown."""
        if isinstance(data, Mapping):
            refuse_names(name for name in data if name not in self.fields)
            shown = self.context["shown"]
            data = {n: value for n, value in data.items() if n not in shown or value != shown[n]}
            errors = {name: [set_by_server()] for name in data if self.fields[name].read_only}
            if self.instance is not None and "code" in data:
                errors["code"] = [_("A code never changes.")]
            if errors:
                raise serializers.ValidationError(errors)
        return super().to_internal_value(data)


class TeamSerializer(_Part):
    """A team with its members."""

    members = ByName(
        "username", queryset=User.objects.filter(deleted_at=None), many=True, required=False
    )


class DepartmentSerializer(_Part):
    """A department with the one that it is part of."""

    parent = serializers.SlugRelatedField(
        "code", queryset=Department.objects.all(), required=False, allow_null=True
    )
    people = serializers.IntegerField(read_only=True)


class _Parts(Marked, StrictQuery, ViewSet):
    permission_classes = [GovernedPermission]
    pagination_class = BoundedPages
    serializer: type[_Part]
    asks: Any = dict.fromkeys(("POST", "PATCH", "DELETE"), placing.GROUPS)
    lookup_field = "code"
    lookup_value_regex = "[^/]+"
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    @property
    def module(self) -> Module:
        """The module of people, to which the organisation belongs."""
        return policy.governing(User)

    def query_names(self) -> frozenset[str]:
        """Let the list be paged."""
        return self.pagination_class().query_names() if self.action == "list" else frozenset()

    def list(self, request: Request) -> Response:
        """List them by name."""
        pages = self.pagination_class()
        page = pages.paginate_queryset(self.parts(), request, self)
        return pages.get_paginated_response([self.shown(part) for part in page])

    def retrieve(self, request: Request, code: str) -> Response:
        """Give one."""
        return self.marked(self.shown(self.part(code)))

    def create(self, request: Request) -> Response:
        """Make one."""
        with transaction.atomic():
            made = self.make(self.read(request.data))
        return self.marked(self.shown(self.part(made.code)), status.HTTP_201_CREATED)

    def partial_update(self, request: Request, code: str) -> Response:
        """Change what is sent, all or nothing."""
        with transaction.atomic(), self._unchanged(code) as part:
            wish = self.read(request.data, part)
            if "name" in wish:
                organisation.rename(acting_user=request.user, part=part, name=wish["name"])
            self.change(part, wish)
        return self.marked(self.shown(self.part(code)))

    def destroy(self, request: Request, code: str) -> Response:
        """Delete one."""
        with self._unchanged(code) as part:
            self.remove(part)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _unchanged(self, code: str) -> AbstractContextManager[Any]:
        return self.unchanged(lambda: self.part(code), self.shown)

    def read(self, body: Any, part: Any = None) -> dict[str, Any]:
        """Read what was sent."""
        context = {"shown": {} if part is None else self.shown(part)}
        wish = self.serializer(part, data=body, partial=part is not None, context=context)
        wish.is_valid(raise_exception=True)
        return dict(wish.validated_data)

    def part(self, code: str) -> Any:
        """Find one by its code."""
        found = self.parts().filter(code=code).first()
        if found is None:
            raise NotFound
        return found

    def parts(self) -> QuerySet:
        """Give all of them, with what is shown of each."""
        raise NotImplementedError

    def shown(self, part: Any) -> dict[str, Any]:
        """Write one."""
        raise NotImplementedError

    def make(self, wish: dict[str, Any]) -> Any:
        """Make one through the services."""
        raise NotImplementedError

    def change(self, part: Any, wish: dict[str, Any]) -> None:
        """Change through the services what is not its name."""
        raise NotImplementedError

    def remove(self, part: Any) -> None:
        """Delete one through the services."""
        raise NotImplementedError


class TeamViewSet(_Parts):
    """The teams of the account."""

    serializer = TeamSerializer

    def parts(self) -> QuerySet:
        """Give all teams with their members."""
        return Team.objects.prefetch_related("members")

    def shown(self, part: Team) -> dict[str, Any]:
        """Write a team, its members to who may name them; who is in the trash is no member."""
        told = {"code": part.code, "name": part.name}
        if not policy.names_people(self.request.user):
            return told
        members = sorted(user.username for user in part.members.all() if not user.deleted_at)
        return {**told, "members": members}

    def read(self, body: Any, part: Any = None) -> dict[str, Any]:
        """Read what was sent; who may not read user names names no members (R16, R23)."""
        if isinstance(body, Mapping) and not policy.names_people(self.request.user):
            refuse_names(name for name in body if name == "members")
        return super().read(body, part)

    def make(self, wish: dict[str, Any]) -> Team:
        """Make a team, then let its members join."""
        actor = self.request.user
        made = organisation.create_team(acting_user=actor, code=wish["code"], name=wish["name"])
        self.change(made, wish)
        return made

    def change(self, part: Team, wish: dict[str, Any]) -> None:
        """Let the team have exactly the members that are sent."""
        if "members" in wish:
            placing.set_members(acting_user=self.request.user, team=part, members=wish["members"])

    def remove(self, part: Team) -> None:
        """Delete a team; its members leave it."""
        organisation.delete_team(acting_user=self.request.user, team=part)


class DepartmentViewSet(_Parts):
    """The departments of the account."""

    serializer = DepartmentSerializer

    def parts(self) -> QuerySet:
        """Give all departments with how many people in view are in each itself (R23)."""
        seen = Q(people__in=in_sight(self.request.user, User).order_by().values("pk"))
        departments = Department.objects.select_related("parent")
        return departments.annotate(number=Count("people", filter=seen))

    def shown(self, part: Department) -> dict[str, Any]:
        """Write a department."""
        parent = part.parent.code if part.parent else None
        return {"code": part.code, "name": part.name, "parent": parent, "people": part.number}

    def make(self, wish: dict[str, Any]) -> Department:
        """Make a department, perhaps below another one."""
        return organisation.create_department(
            acting_user=self.request.user,
            code=wish["code"],
            name=wish["name"],
            parent=wish.get("parent"),
        )

    def change(self, part: Department, wish: dict[str, Any]) -> None:
        """Move a department with all that is below it."""
        if "parent" in wish:
            organisation.move_department(
                acting_user=self.request.user, department=part, parent=wish["parent"]
            )

    def remove(self, part: Department) -> None:
        """Delete an empty department."""
        organisation.delete_department(acting_user=self.request.user, department=part)
