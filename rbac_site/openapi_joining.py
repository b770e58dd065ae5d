"""How the API describes invitations."""

from typing import Any

from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from accounts.api.invitations import InvitationSerializer, SentInvitationSerializer

ID = OpenApiParameter("id", int, OpenApiParameter.PATH, description="The invitation's id.")


class Invitations(OpenApiViewExtension):
    """Describe what inviting, sending again and taking back answer."""

    target_class = "accounts.api.invitations.Invitations"

    def view_replacement(self) -> Any:
        """Say that only the answers to a POST hold the link."""
        return extend_schema_view(
            list=extend_schema(responses=InvitationSerializer(many=True)),
            create=extend_schema(
                request=InvitationSerializer, responses={201: SentInvitationSerializer}
            ),
            resend=extend_schema(
                parameters=[ID], request=None, responses={200: SentInvitationSerializer}
            ),
            destroy=extend_schema(parameters=[ID], responses={204: None}),
        )(type("Described", (self.target,), {"__doc__": self.target.__doc__}))
