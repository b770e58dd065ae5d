"""API tokens: one's own, and those of people whom one manages (R20a, D3)."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from .. import policy
from ..core.limits import Limit
from ..models import ApiToken
from ..rest_framework.pagination import BoundedPages
from ..rest_framework.permissions import MayManageTokens
from ..rest_framework.references import NO_ACCESS, in_sight, shown
from ..rest_framework.refusals import set_by_server, unknown
from ..rest_framework.views import StrictQuery
from ..services import tokens

NAMED_MAX = 1000
"""So many names a limit may have: more than there are permissions (threat 21)."""


class _Name(serializers.CharField):
    """A code or a privilege, as it is written: system codes are compared exactly (R11)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, trim_whitespace=False, **kwargs)


class TokenSerializer(serializers.ModelSerializer):
    """A token without its secret."""

    user = serializers.SerializerMethodField()
    permissions = serializers.ListField(
        child=_Name(),
        allow_null=True,
        max_length=NAMED_MAX,
        help_text=gettext_lazy("What it may do at most; null for all that its user may."),
    )
    privileges = serializers.ListField(
        child=_Name(),
        required=False,
        allow_null=True,
        max_length=NAMED_MAX,
        help_text=gettext_lazy("Custom privileges beside; null where permissions is null."),
    )
    expires_at = serializers.DateTimeField(
        required=False, help_text=gettext_lazy("In 90 days if left out, within 366 days.")
    )

    class Meta:
        model = ApiToken
        fields = [
            "id",
            "user",
            "name",
            "ending",
            "permissions",
            "privileges",
            "created_at",
            "expires_at",
            "last_used_at",
        ]
        read_only_fields = ["ending", "created_at", "last_used_at"]

    def to_internal_value(self, data: Any) -> Any:
        """Take what a token is made of; another name is refused, never dropped."""
        if isinstance(data, dict):
            fields = self.fields
            errors = {
                name: [set_by_server() if name in fields else unknown(name)]
                for name in data
                if name not in fields or fields[name].read_only
            }
            if errors:
                raise exceptions.ValidationError(errors)
        return super().to_internal_value(data)

    def to_representation(self, instance: ApiToken) -> dict[str, Any]:
        """Show no limit as null, which is what makes such a token."""
        row = super().to_representation(instance)
        return row if instance.is_limited else row | {"permissions": None, "privileges": None}

    def get_user(self, token: ApiToken) -> str:
        """Name whose it is to whoever may view them (R24)."""
        return str(self.context["people"].get(token.user_id, NO_ACCESS))

    def validate(self, attrs: Any) -> Any:
        """Refuse privileges beside permissions that are not limited: they would say nothing."""
        if attrs["permissions"] is None and attrs.get("privileges") is not None:
            message = _("Without a limit there is nothing to name. Leave this out.")
            raise exceptions.ValidationError({"privileges": [message]})
        return attrs


class MadeTokenSerializer(TokenSerializer):
    """A new token with its secret, which is shown this once."""

    token = serializers.CharField(read_only=True, help_text=gettext_lazy("Shown this once."))

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "token"]


class Tokens(StrictQuery, viewsets.GenericViewSet):
    """API tokens: your own, and those of people whom you manage."""

    permission_classes = [MayManageTokens]
    serializer_class = TokenSerializer
    pagination_class = BoundedPages
    queryset = ApiToken.objects.none()
    filter_backends = []
    lookup_field = "id"
    lookup_value_regex = "[0-9]{1,18}"

    def query_names(self) -> frozenset[str]:
        """Let the list be asked for one person's."""
        if self.action != "list":
            return frozenset()
        return self.paginator.query_names() | {"user"}

    def get_queryset(self) -> QuerySet[ApiToken]:
        """Give the tokens that the asker may revoke (D3), of a person whom they may view (R23)."""
        found = policy.revocable_tokens(self.request.user)
        username = self.request.query_params.get("user")
        if username is None:
            return found
        people = in_sight(self.request.user, get_user_model())
        return found.filter(user__in=people.filter(**{get_user_model().USERNAME_FIELD: username}))

    def list(self, request: Request) -> Response:
        """List your tokens and those of people whom you manage, the newest first."""
        page = self.paginate_queryset(self.get_queryset())
        rows = TokenSerializer(page, many=True, context=self._naming(page)).data
        return self.get_paginated_response(rows)

    def _naming(self, page: Iterable[ApiToken]) -> dict[str, Any]:
        """Find the names of all owners at once."""
        owners = (token.user_id for token in page)
        return {"people": shown(self.request.user, get_user_model(), owners)}

    def create(self, request: Request) -> Response:
        """Make a token of one's own and show its secret, once."""
        wish = self.get_serializer(data=request.data)
        wish.is_valid(raise_exception=True)
        values = wish.validated_data
        named, privileges = values["permissions"], values.get("privileges") or ()
        token, secret = tokens.create_token(
            acting_user=request.user,
            name=values["name"],
            limit=None if named is None else Limit(frozenset(named), frozenset(privileges)),
            expires_at=values.get("expires_at"),
        )
        token.token = secret
        body = MadeTokenSerializer(token, context=self._naming([token])).data
        headers = {"Cache-Control": "no-store"}
        return Response(body, status=status.HTTP_201_CREATED, headers=headers)

    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002 (the address names it)
        """Revoke a token: from the next request on it is worth nothing."""
        found = policy.revocable_tokens(request.user).filter(pk=id).first()
        if found is None:
            raise exceptions.NotFound
        tokens.revoke_token(acting_user=request.user, token=found)
        return Response(status=status.HTTP_204_NO_CONTENT)
