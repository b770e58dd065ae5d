"""A user's roles under `{username}/roles/`: given, changed and taken back (D2, D3, D5, D7)."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from roles import policy
from roles.models import Role, RoleAssignment
from roles.models.assignment import REASON_MAX
from roles.rest_framework.refusals import refuse_names
from roles.services.assignment import assign_role, change_assignment, unassign_role
from roles.services.delegation import require

from .shapes import describe_assignment, roles_to_name


class TermsSerializer(serializers.Serializer):
    """From when until when somebody holds a role, and why."""

    valid_from = serializers.DateTimeField(required=False, allow_null=True)
    valid_until = serializers.DateTimeField(required=False, allow_null=True)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=REASON_MAX)

    def to_internal_value(self, data: Any) -> Any:
        """Take these and nothing else."""
        if isinstance(data, dict):
            refuse_names(name for name in data if name not in self.fields)
        return super().to_internal_value(data)


class NameableRole(serializers.SlugRelatedField):
    """A role by its code, among those that the asker may name."""

    def get_queryset(self) -> QuerySet[Role]:
        """Give them."""
        return roles_to_name(self.context["asker"])


class AssignmentSerializer(TermsSerializer):
    """A role to give, for ever or between two moments, with the reason."""

    role = NameableRole("code", label=_("role"))


class UserRoles:
    """The addresses of a user's roles, part of the view of users."""

    person: Any

    @action(detail=True, methods=["get", "post"], asks={"POST": "edit"}, filter_backends=[])
    def roles(self, request: Request, username: str) -> Response:
        """List the roles that the user holds, or will hold from a later moment on; give one."""
        if request.method == "POST":
            return self._give(request, username)
        require(request.user, "roles.view")
        held = policy.unended_assignments().filter(user=self.person(username))
        rows = held.select_related("role").order_by(*policy.order_of_roles(request.user, "role__"))
        results = [describe_assignment(one, request.user) for one in rows]
        return Response({"count": len(results), "next": None, "previous": None, "results": results})

    def _give(self, request: Request, username: str) -> Response:
        person = self.person(username)
        wish = AssignmentSerializer(data=request.data, context={"asker": request.user})
        wish.is_valid(raise_exception=True)
        made = assign_role(acting_user=request.user, user=person, **wish.validated_data)
        return Response(describe_assignment(made, request.user), status=status.HTTP_201_CREATED)

    @action(detail=True, methods=["patch", "delete"], asks="edit", url_path="roles/(?P<role>[^/]+)")
    def held_role(self, request: Request, username: str, role: str) -> Response:
        """Change when the user holds a role, and why; take it back. Both need `roles.view`."""
        person = self.person(username)
        require(request.user, "roles.view")  # before a look, or trying would tell what they hold
        held = RoleAssignment.objects.filter(user=person, role__code=role).select_related("role")
        found = held.first()
        if found is None:
            raise NotFound
        if request.method == "PATCH":
            return self._change(request, person, found)
        unassign_role(acting_user=request.user, user=person, role=found.role)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _change(self, request: Request, person: Any, held: RoleAssignment) -> Response:
        """Change what is sent, and show all of it."""
        terms = TermsSerializer(data=request.data)
        terms.is_valid(raise_exception=True)
        made = change_assignment(
            acting_user=request.user, user=person, role=held.role, values=terms.validated_data
        )
        return Response(describe_assignment(made, request.user))
