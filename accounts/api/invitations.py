"""Invitations over HTTP: who was invited, inviting, and taking back (D11)."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from roles import policy
from roles.models import Role
from roles.rest_framework.pagination import BoundedPages
from roles.rest_framework.references import NO_ACCESS, shown
from roles.rest_framework.refusals import set_by_server, unknown
from roles.rest_framework.views import StrictQuery, refuse_body

from ..mail import link_to
from ..models import Invitation, InvitationState, User
from ..services.invitations import (
    INVITE,
    Sent,
    invite_person,
    resend_invitation,
    revoke_invitation,
)
from .invitation_filters import InvitationFilter, roles_named_to


class MayInvite(BasePermission):
    """Let in whoever may invite people (`users.invite`); who waits has no feature (R1)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Ask whether inviting is theirs."""
        return bool(policy.check(request.user, INVITE))


class InvitationSerializer(serializers.ModelSerializer):
    """An invitation without its link."""

    email = serializers.CharField(max_length=254)
    role = serializers.CharField(
        max_length=100, help_text=gettext_lazy("The code of a role; null where it was deleted.")
    )
    inviter = serializers.SerializerMethodField()
    person = serializers.SerializerMethodField()
    state = serializers.ChoiceField(InvitationState.choices, read_only=True)

    class Meta:
        model = Invitation
        fields = [
            "id",
            "email",
            "role",
            "state",
            "inviter",
            "person",
            "sent_at",
            "expires_at",
            "accepted_at",
            "revoked_at",
        ]
        read_only_fields = ["sent_at", "expires_at", "accepted_at", "revoked_at"]

    def to_internal_value(self, data: Any) -> Any:
        """Take what an invitation is made of; another name is refused, never dropped."""
        if isinstance(data, dict):
            errors = {
                name: [set_by_server() if name in self.fields else unknown(name)]
                for name in data
                if name not in ("email", "role")
            }
            if errors:
                raise exceptions.ValidationError(errors)
        return super().to_internal_value(data)

    def to_representation(self, instance: Invitation) -> dict[str, Any]:
        """Name the role to whoever may view it, or could give it (R24)."""
        named = self.context["roles"].get(instance.role_id, NO_ACCESS)
        role = str(named) if instance.role_id else None
        return super().to_representation(instance) | {"role": role}

    def get_inviter(self, invitation: Invitation) -> str | None:
        """Name who invited, as far as the asker may view people."""
        return self._person(invitation.inviter_id)

    def get_person(self, invitation: Invitation) -> str | None:
        """Name who joined, as far as the asker may view people."""
        return self._person(invitation.person_id)

    def _person(self, key: Any) -> str | None:
        return None if key is None else str(self.context["people"].get(key, NO_ACCESS))


class SentInvitationSerializer(InvitationSerializer):
    """A new invitation with its link, which is shown this once."""

    link = serializers.URLField(read_only=True, help_text=gettext_lazy("Shown this once."))

    class Meta(InvitationSerializer.Meta):
        fields = [*InvitationSerializer.Meta.fields, "link"]


class Invitations(StrictQuery, viewsets.GenericViewSet):
    """Invitations of everybody, the newest first."""

    permission_classes = [MayInvite]
    serializer_class = InvitationSerializer
    pagination_class = BoundedPages
    queryset = Invitation.objects.select_related("role")
    filter_backends = [InvitationFilter]
    lookup_field = "id"
    lookup_value_regex = "[0-9]{1,18}"

    def query_names(self) -> frozenset[str]:
        """Let the list be paged, filtered and ordered."""
        if self.action != "list":
            return frozenset()
        return self.paginator.query_names() | set(InvitationFilter.names)

    def list(self, request: Request) -> Response:
        """List the invitations, with what has become of them."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._written(InvitationSerializer, page, many=True))

    def create(self, request: Request) -> Response:
        """Invite somebody; the answer holds the link, once, and a mail brings them another."""
        wish = InvitationSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        role = self._role(wish.validated_data["role"])
        origin = request.build_absolute_uri("/")
        email = wish.validated_data["email"]
        sent = invite_person(acting_user=request.user, email=email, role=role, origin=origin)
        return self._sent(sent, origin, status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    def resend(self, request: Request, id: str) -> Response:  # noqa: A002 (the address names it)
        """Send a new link, which ends the one before; the asker vouches for the role (D5, D11)."""
        refuse_body(request)
        origin = request.build_absolute_uri("/")
        held = self._invitation(id)
        sent = resend_invitation(acting_user=request.user, invitation=held, origin=origin)
        return self._sent(sent, origin, status.HTTP_200_OK)

    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002 (the address names it)
        """Take an invitation back: its link opens nothing from then on."""
        revoke_invitation(acting_user=request.user, invitation=self._invitation(id))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _invitation(self, key: str) -> Invitation:
        found = self.get_queryset().filter(pk=key).first()
        if found is None:
            raise exceptions.NotFound
        return found

    def _sent(self, sent: Sent, origin: str, code: int) -> Response:
        """Show the link, this once; no cache keeps it."""
        sent.invitation.link = link_to("join_link", sent.key, origin)
        body = self._written(SentInvitationSerializer, sent.invitation)
        return Response(body, status=code, headers={"Cache-Control": "no-store"})

    def _role(self, code: str) -> Role:
        """Give a role that the asker may view or give; any other is answered as none (R24)."""
        found = roles_named_to(self.request.user).filter(code=code).first()
        if found is None:
            raise exceptions.ValidationError({"role": [_("There is no role “%s”.") % code]})
        return found

    def _written(self, serializer: Any, found: Any, *, many: bool = False) -> Any:
        """Write invitations, with the names that they need found at once."""
        rows = found if many else [found]
        keys = {key for row in rows for key in (row.inviter_id, row.person_id)}
        context = {
            "people": shown(self.request.user, User, keys),
            "roles": dict(roles_named_to(self.request.user).values_list("pk", "code")),
        }
        return serializer(found, many=many, context=context).data
