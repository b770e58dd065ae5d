"""A record's shares under `{id}/shares/`: for whoever may edit the record (R19)."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ..core.vocabulary import SHARED_ACTIONS
from ..registry import registry
from ..services import sharing
from .references import NO_ACCESS, shown
from .refusals import refuse_names

NAMES = {"user", "team", "give"}


class ShareSerializer(serializers.Serializer):
    """A share: one person or one team, and what it gives. Who shared it may be out of sight."""

    id = serializers.IntegerField(read_only=True)
    user = serializers.CharField(required=False, allow_null=True, label=_("A user name"))
    team = serializers.CharField(required=False, allow_null=True, label=_("The code of a team"))
    give = serializers.ChoiceField(choices=list(SHARED_ACTIONS))
    given_by = serializers.CharField(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)

    def to_internal_value(self, data: Any) -> Any:
        """Take what a share is made of; another name is refused, never dropped."""
        if isinstance(data, dict):
            refuse_names(name for name in data if name not in NAMES)
        return super().to_internal_value(data)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Name the receiver to whoever may take the share back, the giver as R24 has it."""
        receiver = {sharing.kind_of(instance.receiver): sharing.name_of(instance.receiver)}
        return {
            "id": instance.pk,
            "user": receiver.get("user"),
            "team": receiver.get("team"),
            "give": instance.give,
            "given_by": self._givers.get(instance.given_by_id, NO_ACCESS)
            if instance.given_by_id
            else None,
            "created_at": self.fields["created_at"].to_representation(instance.created_at),
        }

    @property
    def _givers(self) -> Any:
        return self.context["givers"]


class SharedRecords:
    """The addresses of shares, part of every view of records; no shares, no addresses (404)."""

    module: Any
    paginator: Any
    get_object: Any

    @action(detail=True, methods=["get", "post"], asks="edit", filter_backends=[])
    def shares(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List with whom the record is shared; share it, or change what a share gives (200)."""
        if request.method == "POST":
            return self._share(request)
        page = self.paginator.paginate_queryset(self._shares_of(self.get_object()), request, self)
        return self.paginator.get_paginated_response(_written(request.user, page))

    def _share(self, request: Request) -> Response:
        with transaction.atomic():
            record = self.get_object()
            wish = ShareSerializer(data=request.data)
            wish.is_valid(raise_exception=True)
            names = {kind: wish.validated_data.get(kind) or "" for kind in ("user", "team")}
            before = self._shares_of(record).count()
            share = sharing.share_record(
                acting_user=request.user,
                record=record,
                receiver=sharing.receiver_named(self.module, **names),
                give=wish.validated_data["give"],
            )
            is_new = self._shares_of(record).count() > before
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(_written(request.user, [share])[0], status=code)

    @action(detail=True, methods=["delete"], asks="edit", url_path="shares/(?P<share>[0-9]{1,18})")
    def unshare(self, request: Request, *args: Any, share: str, **kwargs: Any) -> Response:
        """Take a share back."""
        found = self._shares_of(self.get_object()).filter(pk=share).first()
        if found is None:
            raise exceptions.NotFound
        sharing.unshare_record(acting_user=request.user, share=found)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _shares_of(self, record: Any) -> Any:
        shares = registry.share_model_of(self.module)
        if shares is None:
            raise exceptions.NotFound
        return shares.of(record)


def _written(user: Any, page: Any) -> Any:
    givers = shown(user, get_user_model(), (share.given_by_id for share in page))
    return ShareSerializer(page, many=True, context={"givers": givers}).data
