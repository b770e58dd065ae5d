"""`manage.py check` refuses views of governed records that do not ask the policy (roles.E010)."""

import pytest
from django.core.checks import ERROR, run_checks
from django.urls import include, path
from rest_framework import generics, serializers, viewsets
from rest_framework.permissions import AllowAny
from rest_framework.routers import SimpleRouter

from crm.models import Contact
from roles.models import ApiToken
from roles.rest_framework.serializers import GovernedSerializer, serializer_for
from roles.rest_framework.views import GovernedViewSet


class Plain(serializers.ModelSerializer):
    class Meta:
        model = Contact
        fields = ["id", "last_name"]


class Beside(viewsets.ModelViewSet):
    queryset = Contact.objects.all()


class BySerializer(generics.ListAPIView):
    serializer_class = Plain

    def get_queryset(self):
        return Contact.objects.all()


class Open(GovernedViewSet):
    queryset = Contact.objects.all()
    permission_classes = [AllowAny]


class Unmasked(GovernedViewSet):
    queryset = Contact.objects.all()
    serializer_class = Plain


class Ungoverned(viewsets.ModelViewSet):
    queryset = ApiToken.objects.all()


class Right(GovernedViewSet):
    queryset = Contact.objects.all()


class RightToo(GovernedViewSet):
    queryset = Contact.objects.all()

    class serializer_class(GovernedSerializer):
        class Meta:
            model = Contact
            fields = ["id", "last_name"]


class _Addresses:
    def __init__(self, *views):
        router = SimpleRouter()
        for view in views:
            router.register(view.__name__, view, basename=view.__name__)
        nested = [path("deep/", include(router.urls))]
        self.urlpatterns = [path("", include(nested)), path("one/", BySerializer.as_view())]


ALL = _Addresses(Beside, Open, Unmasked, Ungoverned, Right, RightToo)
LATER = type(
    "Later",
    (),
    {"urlpatterns": [path("", Right.as_view({"get": "list"}, permission_classes=[AllowAny]))]},
)


def found(urls, settings):
    settings.ROOT_URLCONF = urls
    messages = [m for m in run_checks() if m.id == "roles.E010"]
    assert all(m.hint and m.level == ERROR for m in messages)
    return {m.obj.__name__: m.msg for m in messages}


def test_every_view_beside_the_kit_is_an_error(settings):
    messages = found(ALL, settings)
    assert messages.keys() == {"Beside", "BySerializer", "Open", "Unmasked"}
    assert "is no view of the kit" in messages["Beside"]
    assert "without asking for the permission" in messages["Open"]
    assert "serializer beside the kit" in messages["Unmasked"]


def test_what_an_address_sets_counts(settings):
    assert "without asking" in found(LATER, settings)["Right"]


def test_the_site_has_no_such_view():
    assert not [m for m in run_checks() if m.id == "roles.E010"]


def test_a_serializer_names_columns_only():
    """Threat 2: `source` would walk past the masks."""
    from django.core.exceptions import ImproperlyConfigured

    class Walking(GovernedSerializer):
        boss = serializers.CharField(source="owner.email")

        class Meta:
            model = Contact
            fields = ["id", "boss"]

    with pytest.raises(ImproperlyConfigured, match="boss"):
        Walking().fields  # noqa: B018
    assert "notes" in serializer_for(Contact)().fields
