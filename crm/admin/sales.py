"""The pages of sales: people, companies, leads, the pipeline and closed business."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from crm.models import Account, Contact, Deal, Lead, Opportunity, Task

from .base import PersonAdmin, RecordAdmin
from .columns import money, per_cent
from .filters import AheadFilter, BehindFilter, OwnerFilter
from .related import RelatedList


@admin.register(Contact)
class ContactAdmin(PersonAdmin):
    """People."""

    list_display = ["full_name", "account", "email", "phone", "owner"]
    search_fields = ["first_name", "last_name", "email"]
    list_filter = [("owner", OwnerFilter)]
    fields = [
        "first_name",
        "last_name",
        "title",
        "account",
        "email",
        "phone",
        "birth_date",
        "owner",
        "notes",
    ]
    related_lists = (RelatedList(Opportunity, "contact"), RelatedList(Task, "related_to"))


@admin.register(Account)
class AccountAdmin(RecordAdmin):
    """Companies and organisations."""

    list_display = ["name", "industry", "website", "phone", "owner"]
    search_fields = ["name", "website"]
    list_filter = ["industry", ("owner", OwnerFilter)]
    fields = [
        "name",
        "website",
        "industry",
        "phone",
        "annual_revenue",
        "employees",
        "billing_address",
        "owner",
        "notes",
    ]
    related_lists = (
        RelatedList(Contact, "account"),
        RelatedList(Opportunity, "account"),
        RelatedList(Deal, "account"),
    )


@admin.register(Lead)
class LeadAdmin(PersonAdmin):
    """People not yet qualified."""

    list_display = ["full_name", "company", "status", "rating", "source", "owner"]
    search_fields = ["first_name", "last_name", "company", "email"]
    list_filter = ["status", "rating", "source", ("owner", OwnerFilter)]
    fields = [
        "first_name",
        "last_name",
        "company",
        "email",
        "phone",
        "source",
        "status",
        "rating",
        "owner",
        "notes",
    ]


@admin.register(Opportunity)
class OpportunityAdmin(RecordAdmin):
    """The pipeline."""

    list_display = [
        "name",
        "stage",
        money("amount", _("amount")),
        per_cent("probability", _("probability")),
        "close_date",
        "account",
        "owner",
    ]
    search_fields = ["name"]
    list_filter = ["stage", ("close_date", AheadFilter), ("owner", OwnerFilter)]
    fields = [
        "name",
        "account",
        "contact",
        "stage",
        "probability",
        "amount",
        "close_date",
        "owner",
        "notes",
    ]
    related_lists = (RelatedList(Deal, "opportunity"),)


@admin.register(Deal)
class DealAdmin(RecordAdmin):
    """Closed business."""

    list_display = [
        "name",
        "won",
        money("amount", _("amount")),
        money("margin", _("margin")),
        "closed_on",
        "account",
        "owner",
    ]
    search_fields = ["name"]
    list_filter = ["won", ("closed_on", BehindFilter), ("owner", OwnerFilter)]
    fields = [
        "name",
        "account",
        "opportunity",
        "won",
        "amount",
        "margin",
        "closed_on",
        "owner",
        "notes",
    ]
