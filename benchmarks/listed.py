"""The same list of contacts as five views give it, each with one thing more than another."""

from django.db.models import QuerySet
from rest_framework import pagination, permissions, serializers, viewsets

from crm.api import ContactViewSet
from crm.models import Contact
from roles import policy
from roles.rest_framework.permissions import GovernedPermission
from roles.rest_framework.serializers import serializer_for

COLUMNS = [
    name
    for name in serializer_for(Contact).Meta.fields
    if not Contact._meta.get_field(name).many_to_many
]


class Pages(pagination.PageNumberPagination):
    """As REST framework has them."""

    page_size = 50


class PlainSerializer(serializers.ModelSerializer):
    """The columns that the kit's serializer has, with nothing hidden."""

    class Meta:
        model = Contact
        fields = COLUMNS


class Plain(viewsets.ModelViewSet):
    """The floor: whoever is signed in reads everything."""

    queryset = Contact.objects.all()
    serializer_class = PlainSerializer
    permission_classes = [permissions.IsAuthenticated]
    pagination_class = Pages
    filter_backends = []


class ModelPermissions(permissions.DjangoModelPermissions):
    """REST framework's own, asking for reading too."""

    perms_map = permissions.DjangoModelPermissions.perms_map | {"GET": ["contacts.view"]}


class Django(Plain):
    """What a project would take instead, without any scope."""

    permission_classes = [ModelPermissions]


class Checked(Plain):
    """With our check, and no scope."""

    permission_classes = [GovernedPermission]
    module = policy.governing(Contact)
    asks = None


class Scoped(Checked):
    """With our check and the records in reach."""

    def get_queryset(self) -> QuerySet:
        """Give the records in view reach."""
        return policy.accessible(super().get_queryset(), self.request.user, "view")


VIEWS = {
    "plain": Plain,
    "django": Django,
    "checked": Checked,
    "scoped": Scoped,
    "kit": ContactViewSet,
}
