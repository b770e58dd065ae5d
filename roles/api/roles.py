"""Roles over HTTP: read, made, changed, cloned and deleted as the services allow."""

from collections.abc import Mapping
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
from ..core.specs import Module, RoleSpec
from ..core.vocabulary import OWNER_CODE
from ..models import Role
from ..rest_framework.activities import RecordHistory
from ..rest_framework.etags import Marked, PreconditionFailed
from ..rest_framework.pagination import BoundedPages
from ..rest_framework.permissions import GovernedPermission
from ..rest_framework.refusals import refuse_names
from ..rest_framework.views import StrictQuery
from ..services.cloning import clone_for
from ..services.impact import impact_of
from ..services.loading import read_role
from ..services.role import change_role, create_role, delete_role
from ..snapshots import Snapshot
from .role_shapes import (
    BESIDE,
    describe_matrix,
    describe_role,
    enabled_part,
    keys_for,
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
        seen = policy.policy_as_read(request.user, now)
        described = [self._described(role, now, seen) for role in page]
        return self.paginator.get_paginated_response(described)

    def retrieve(self, request: Request, code: str) -> Response:
        """Give one role."""
        return self._answer(self._role(code))

    # Writing

    def create(self, request: Request) -> Response:
        """Make a role; without a code it has one made of its name."""
        self._require_keys(request.data)
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
        target = self._in_view().filter(code=move_to).first() if move_to is not None else None
        if move_to is not None and target is None:
            raise Invalid({"move_to": [_("There is no role “%s” to move to.") % move_to]})
        return target

    @action(detail=True, methods=["get", "patch"])
    def matrix(self, request: Request, code: str) -> Response:
        """Give the grid; PATCH `{"grant": […], "revoke": […]}` ticks and unticks cells."""
        if "permissions" not in self._readable:
            raise exceptions.NotFound
        if request.method == "PATCH":
            with self._unchanged(code) as role:
                seen = policy.policy_as_read(request.user)
                changes = read_ticks(request.data, seen, role.code)
                change_role(acting_user=request.user, role=role, changes=changes)
        else:
            role = self._role(code)
        now = snapshots.load_policy()
        locked = self._locked(now.roles[role.code], now)
        seen = policy.policy_as_read(request.user, now)
        tells_base = "base" in self._readable
        return Response(describe_matrix(role.code, seen, locked, tells_base=tells_base))

    @action(detail=True, methods=["get", "post"], asks="create")
    def clone(self, request: Request, code: str) -> Response:
        """Give what a clone begins with; POST a name, and what shall differ, to create it (D10)."""
        source = self._role(code)
        begun = clone_for(request.user, source)
        left_out = {"left_out": [*begun.hidden, *begun.left_out]}
        start = _shape_of_clone(begun.spec)
        if request.method == "GET":
            keys = self._keys_of_new()
            return Response({k: v for k, v in start.items() if k in keys} | left_out)
        self._require_keys(request.data)
        answer = self._created(read_role_body(request.data, start=start), source.code)
        answer.data = {**answer.data, **left_out}
        return answer

    @action(detail=True, methods=["post"], asks="edit")
    def impact(self, request: Request, code: str) -> Response:
        """Say who would gain or lose what if the role were as it is sent; nothing is saved."""
        role = self._role(code)
        impact = impact_of(role, self._wanted(role, None), asker=request.user)
        tells = policy.reads_what_roles_give(request.user)
        return Response(_described_impact(impact) if tells else {})

    # What stands behind

    @cached_property
    def paginator(self) -> BoundedPages:
        """The pages of a list."""
        return self.pagination_class()

    def get_object(self) -> Any:
        """Find the addressed role, whose history is asked for."""
        return self._role(self.kwargs[self.lookup_field])

    @cached_property
    def _readable(self) -> frozenset[str]:
        return policy.readable_of_roles(self.request.user)

    def _keys_of_new(self) -> frozenset[str]:
        """Give the keys that a new role may be sent with (R17)."""
        sets = policy.writable_of_roles(self.request.user, new=True)
        return keys_for(self._readable | sets) - set(BESIDE)

    def _require_keys(self, body: Any) -> None:
        """Refuse a hidden key of a new role as one that does not exist (R23)."""
        if isinstance(body, Mapping):
            keys = self._keys_of_new()
            refuse_names(key for key in body if key not in keys)

    def _in_view(self) -> Any:
        return policy.accessible(Role.objects.all(), self.request.user)

    def _roles(self) -> Any:
        """Give all of them in the list's order: by nothing that is hidden (R23)."""
        order = policy.order_of_roles(self.request.user)
        return policy.with_holders(Role.objects.select_related("base")).order_by(*order)

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

    def _described(
        self, role: Any, now: Snapshot | None = None, seen: Snapshot | None = None
    ) -> dict[str, Any]:
        now = now or snapshots.load_policy()
        seen = seen or policy.policy_as_read(self.request.user, now)
        # What decides nothing is not part of a snapshot.
        beside = {"description": role.description, "is_system": role.is_system}
        spec = seen.roles[role.code].with_changes(**beside)
        locked = self._locked(now.roles[role.code], now)
        keys = keys_for(self._readable)
        return describe_role(spec, seen, users=role.holders, locked=locked, keys=keys)

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
            spec = self._read(role)
            changes = difference(spec, self._wanted(role, start))
            change_role(acting_user=self.request.user, role=role, changes=changes, seen=spec)
        return self._answer(self._roles().get(pk=role.pk))

    def _wanted(self, role: Any, start: dict[str, Any] | None) -> RoleSpec:
        """Read the role as it is sent; what is left out is as it was, or `start` says."""
        stored, rules = self._read(role), snapshots.load_policy().rules
        shown = self._described(role)
        body = without_what_was_shown(self.request.data, shown)
        own = shape_of(enabled_part(stored, rules))
        hidden = {key: value for key, value in own.items() if key not in shown}
        begun = own if start is None else start | hidden
        read = read_role_body(body, start=begun, code=role.code)
        return with_disabled_part(read, stored, rules)

    def _read(self, role: Any) -> RoleSpec:
        """Give what the role stores, as far as the asker may read it."""
        return policy.role_as_read(self.request.user, role, read_role(role))


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
