"""Roles over HTTP: read, made, changed, cloned and deleted as the services allow."""

from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from .. import policy, snapshots
from ..core.changes import difference
from ..core.errors import Conflict, Invalid
from ..core.impact import Impact
from ..core.role_reading import ROLE_KEYS
from ..core.specs import Module, RoleSpec
from ..core.vocabulary import OWNER_CODE
from ..models import Role
from ..rest_framework.activities import RecordHistory
from ..rest_framework.etags import Marked, PreconditionFailed
from ..rest_framework.pagination import BoundedPages
from ..rest_framework.permissions import GovernedPermission
from ..rest_framework.views import StrictQuery
from ..services.cloning import clone_for
from ..services.impact import impact_of
from ..services.loading import read_role
from ..services.role import change_role, create_role, delete_role
from ..snapshots import Snapshot
from .role_shapes import (
    describe_matrix,
    describe_role,
    enabled_part,
    read_role_body,
    shape_of,
    with_disabled_part,
    without_what_was_shown,
)
from .ticks import read_ticks


class RoleViewSet(Marked, RecordHistory, StrictQuery, ViewSet):
    """The roles of the account; what the asker cannot change of one is `locked` (D4)."""

    permission_classes = [GovernedPermission]
    pagination_class = BoundedPages
    filter_backends: ClassVar[list[Any]] = []
    asks: str | None = None
    lookup_field = "code"
    lookup_value_regex = "[^/]+"
    http_method_names = ["get", "post", "put", "patch", "delete", "head", "options"]
    _asked: ClassVar[dict[str, frozenset[str]]] = {"destroy": frozenset({"move_to"})}

    @property
    def module(self) -> Module:
        """The module that governs roles."""
        return policy.governing(Role)

    def query_names(self) -> frozenset[str]:
        """Let the list be paged, and a deletion say where its people go."""
        if self.action in ("list", "history"):
            return self.paginator.query_names()
        return self._asked.get(self.action, frozenset())

    def handle_exception(self, exc: Exception) -> Response:
        """Say that a role changed since it was read (412)."""
        return super().handle_exception(PreconditionFailed() if isinstance(exc, Conflict) else exc)

    # Reading

    def list(self, request: Request) -> Response:
        """List the roles, the highest level first."""
        page = self.paginator.paginate_queryset(self._roles(), request, self)
        now = snapshots.load_policy()
        return self.paginator.get_paginated_response([self._described(role, now) for role in page])

    def retrieve(self, request: Request, code: str) -> Response:
        """Give one role."""
        return self._answer(self._role(code))

    # Writing

    def create(self, request: Request) -> Response:
        """Make a role; without a code it has one made of its name."""
        return self._created(read_role_body(request.data))

    def update(self, request: Request, code: str) -> Response:
        """Put a role in another one's place: what is left out is empty."""
        return self._change(code, {})

    def partial_update(self, request: Request, code: str) -> Response:
        """Change the keys that are sent, each as a whole."""
        return self._change(code, None)

    def destroy(self, request: Request, code: str) -> Response:
        """Delete a role; `move_to` names the role to which people and heirs go first (D9)."""
        with self._unchanged(code) as role:
            target = self._target(request.query_params.get("move_to"))
            delete_role(acting_user=request.user, role=role, move_to=target)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _target(self, move_to: str | None) -> Role | None:
        target = Role.objects.filter(code=move_to).first() if move_to is not None else None
        if move_to is not None and target is None:
            raise Invalid({"move_to": [_("There is no role “%s” to move to.") % move_to]})
        return target

    @action(detail=True, methods=["get", "patch"])
    def matrix(self, request: Request, code: str) -> Response:
        """Give the grid; PATCH `{"grant": […], "revoke": […]}` ticks and unticks cells."""
        if request.method == "PATCH":
            with self._unchanged(code) as role:
                changes = read_ticks(request.data, snapshots.load_policy(), role.code)
                change_role(acting_user=request.user, role=role, changes=changes)
        else:
            role = self._role(code)
        now = snapshots.load_policy()
        locked = self._locked(now.roles[role.code], now)
        return Response(describe_matrix(role.code, now, locked))

    @action(detail=True, methods=["get", "post"], asks="create")
    def clone(self, request: Request, code: str) -> Response:
        """Give what a clone begins with; POST a name, and what shall differ, to create it (D10)."""
        source = self._role(code)
        begun = clone_for(request.user, source)
        start = _shape_of_clone(begun.spec)
        if request.method == "GET":
            return Response(start | {"left_out": list(begun.left_out)})
        answer = self._created(read_role_body(request.data, start=start), source.code)
        answer.data["left_out"] = list(begun.left_out)
        return answer

    @action(detail=True, methods=["post"], asks="edit")
    def impact(self, request: Request, code: str) -> Response:
        """Say who would gain or lose what if the role were as it is sent; nothing is saved."""
        role = self._role(code)
        return Response(_described_impact(impact_of(role, self._wanted(role, None))))

    # What stands behind

    @cached_property
    def paginator(self) -> BoundedPages:
        """The pages of a list."""
        return self.pagination_class()

    def get_object(self) -> Any:
        """Find the addressed role, whose history is asked for."""
        return self._role(self.kwargs[self.lookup_field])

    def _roles(self) -> Any:
        return policy.with_holders(Role.objects.select_related("base")).order_by("-level", "name")

    def _role(self, code: str) -> Any:
        """Find the role among those in view: whoever may change roles only learns of none (R23)."""
        role = policy.accessible(self._roles(), self.request.user).filter(code=code).first()
        if role is None:
            raise exceptions.NotFound
        if self.action != "clone":  # which changes nothing of the role that it begins with
            self.check_object_permissions(self.request, role)
        return role

    def _locked(self, spec: RoleSpec, now: Snapshot) -> frozenset[str]:
        """Give the cells that the asker can neither tick nor untick: all where nothing can."""
        locks = policy.locks_for(self.request.user, spec, spec, known=now)
        every = now.rules.catalogue.enabled_permissions(now.rules.disabled)
        return every if locks.whole or spec.code == OWNER_CODE else every & locks.cells.keys()

    def _described(self, role: Any, now: Snapshot | None = None) -> dict[str, Any]:
        now = now or snapshots.load_policy()
        # What decides nothing is not part of a snapshot.
        spec = now.roles[role.code].with_changes(
            description=role.description, is_system=role.is_system
        )
        return describe_role(spec, now, users=role.holders, locked=self._locked(spec, now))

    def _answer(self, role: Any, code: int = status.HTTP_200_OK) -> Response:
        return self.marked(self._described(role), code)

    def _unchanged(self, code: str) -> AbstractContextManager[Any]:
        return self.unchanged(lambda: self._role(code), self._described)

    def _created(self, wanted: RoleSpec, cloned_from: str = "") -> Response:
        made = create_role(acting_user=self.request.user, wanted=wanted, cloned_from=cloned_from)
        code, role = status.HTTP_201_CREATED, self._roles().get(pk=made.pk)
        sees = policy.check(self.request.user, "roles.view")
        answer = self._answer(role, code) if sees else Response({}, status=code)  # R17
        address = self.request.build_absolute_uri(reverse("role-detail", args=[made.code]))
        answer["Location"] = address
        return answer

    def _change(self, code: str, start: dict[str, Any] | None) -> Response:
        with self._unchanged(code) as role:
            spec = read_role(role)
            changes = difference(spec, self._wanted(role, start))
            change_role(acting_user=self.request.user, role=role, changes=changes, seen=spec)
        return self._answer(self._roles().get(pk=role.pk))

    def _wanted(self, role: Any, start: dict[str, Any] | None) -> RoleSpec:
        """Read the role as it is sent; what is left out is as it was, or `start` says."""
        shown = self._described(role)
        body = without_what_was_shown(self.request.data, shown)
        own = {key: shown[key] for key in ROLE_KEYS} if start is None else start
        read = read_role_body(body, start=own, code=role.code)
        return with_disabled_part(read, read_role(role), snapshots.load_policy().rules)


def _shape_of_clone(spec: RoleSpec) -> dict[str, Any]:
    start = shape_of(enabled_part(spec, snapshots.load_policy().rules))
    return {key: value for key, value in start.items() if key != "code"} | {"name": ""}


def _described_impact(impact: Impact) -> dict[str, Any]:
    return {
        "holders": impact.holders,
        "people": impact.people,
        "effects": [
            {"kind": effect.kind, "names": list(effect.names), "people": effect.people}
            for effect in impact.effects
        ],
    }
