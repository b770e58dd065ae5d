"""The CRM's pages."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from crm.models import Account, Contact, Lead
from roles.admin import GovernedAdmin


class RecordAdmin(GovernedAdmin):
    """What all records' pages share."""

    list_per_page = 50
    list_select_related = ["owner"]


class PersonAdmin(RecordAdmin):
    """Records of people, listed by their last name."""

    @admin.display(description=_("name"), ordering="last_name")
    def full_name(self, person: Any) -> str:
        """Give the first and the last name."""
        return str(person)


@admin.register(Contact)
class ContactAdmin(PersonAdmin):
    """People."""

    list_display = ["full_name", "title", "email", "phone", "owner"]
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

    list_display = ["name", "industry", "website", "phone", "owner"]
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
class LeadAdmin(PersonAdmin):
    """People not yet qualified."""

    list_display = ["full_name", "company", "status", "rating", "source", "owner"]
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
