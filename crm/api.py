"""The record modules of the HTTP API: what is found by searching, and all else from the kit."""

from rest_framework.routers import SimpleRouter

from roles.rest_framework.views import GovernedViewSet

from .models import Account, Contact, Deal, Lead, Opportunity, Project, Task


class ContactViewSet(GovernedViewSet):
    """People the company knows."""

    queryset = Contact.objects.all()
    search_fields = ("first_name", "last_name", "email", "phone", "title")


class AccountViewSet(GovernedViewSet):
    """Companies and organisations."""

    queryset = Account.objects.all()
    search_fields = ("name", "website", "industry", "phone")


class LeadViewSet(GovernedViewSet):
    """People and companies that may become customers."""

    queryset = Lead.objects.all()
    search_fields = ("first_name", "last_name", "company", "email", "phone")


class OpportunityViewSet(GovernedViewSet):
    """Business that may be won."""

    queryset = Opportunity.objects.all()
    search_fields = ("name",)


class DealViewSet(GovernedViewSet):
    """Closed business."""

    queryset = Deal.objects.all()
    search_fields = ("name",)


class TaskViewSet(GovernedViewSet):
    """To-dos."""

    queryset = Task.objects.all()
    search_fields = ("title", "description")


class ProjectViewSet(GovernedViewSet):
    """Work with a beginning and an end."""

    queryset = Project.objects.all()
    search_fields = ("name", "description")


router = SimpleRouter()
for viewset in (
    ContactViewSet,
    AccountViewSet,
    LeadViewSet,
    OpportunityViewSet,
    DealViewSet,
    TaskViewSet,
    ProjectViewSet,
):
    code = viewset().module.code
    router.register(code, viewset, basename=code)
