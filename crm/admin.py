"""The CRM's pages."""

from django.contrib import admin

from crm.models import Account, Contact, Lead
from roles.admin import GovernedAdmin


class RecordAdmin(GovernedAdmin):
    """What all records' pages share."""

    list_per_page = 50
    list_select_related = ["owner"]


@admin.register(Contact)
class ContactAdmin(RecordAdmin):
    """People."""

    list_display = ["__str__", "title", "email", "phone", "owner"]
    search_fields = ["first_name", "last_name", "email"]
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


@admin.register(Account)
class AccountAdmin(RecordAdmin):
    """Companies and organisations."""

    list_display = ["__str__", "industry", "website", "phone", "owner"]
    search_fields = ["name", "website"]
    list_filter = ["industry"]
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


@admin.register(Lead)
class LeadAdmin(RecordAdmin):
    """People not yet qualified."""

    list_display = ["__str__", "company", "status", "rating", "source", "owner"]
    search_fields = ["first_name", "last_name", "company", "email"]
    list_filter = ["status", "rating", "source"]
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
