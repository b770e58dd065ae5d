"""The demonstration account is what the catalogue says, and stays as it is."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.contrib.auth import get_user
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, TestCase

from accounts.models import User
from crm.demo.loading import load_demonstration
from crm.demo.people import COLLEAGUES, NAMED, PEOPLE
from crm.demo.roles import SAMPLE_ROLES
from crm.models import Account, Contact, Lead
from crm.models.sharing import ContactShare
from roles.models import AuditEntry, Role, RoleAssignment
from roles.services.loading import read_role
from roles.snapshots import load_policy

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _codes(text: str) -> set[str]:
    return set(text.split())


FEATURES = _codes("profile.view dashboard.view tasks.comment")

SALES_REP = FEATURES | _codes("""
    contacts.view contacts.create contacts.edit contacts.export
    accounts.view
    leads.view leads.create leads.edit leads.export leads.import
    opportunities.view opportunities.create opportunities.edit
    tasks.view tasks.create tasks.edit tasks.delete
    reports.view users.view gamification.view
    notifications.view notifications.edit
    email.view email.create email.edit
""")

USER = FEATURES | _codes("""
    contacts.view contacts.create contacts.edit
    accounts.view accounts.create accounts.edit
    leads.view leads.create leads.edit
    opportunities.view opportunities.create opportunities.edit
    deals.view deals.create deals.edit
    tasks.view tasks.create tasks.edit
    projects.view projects.create projects.edit
    email.view email.create email.edit
    gamification.view forms.view activities.view
    notifications.view notifications.edit
""")

SALESPERSON = USER | {"reports.view", "reports.create", "targets.view"}

MARKETING_COORDINATOR = _codes("""
    forms.view forms.create forms.edit forms.delete forms.export
    leads.view leads.create leads.edit leads.export leads.import
    email.view email.create email.edit
    contacts.view profile.view dashboard.view
""")

SUPPORT_AGENT = FEATURES | _codes("""
    contacts.view contacts.edit
    accounts.view
    tasks.view tasks.create tasks.edit tasks.delete
""")

DIRECTOR = FEATURES | _codes("""
    contacts.view contacts.create contacts.edit contacts.delete contacts.export
    accounts.view accounts.create accounts.edit accounts.delete accounts.export
    leads.view leads.create leads.edit leads.delete leads.export
    opportunities.view opportunities.create opportunities.edit
    opportunities.delete opportunities.export
    deals.view deals.create deals.edit deals.delete deals.export
    tasks.view tasks.create tasks.edit tasks.delete tasks.export
    projects.view projects.create projects.edit projects.delete projects.export
    reports.view reports.create reports.edit reports.delete reports.export
    targets.view targets.create targets.edit targets.delete targets.export
    forms.view forms.create forms.edit
    email.view email.create email.edit
    gamification.view activities.view users.view
    notifications.view notifications.edit
""")

CATALOGUE = {
    "sales-rep": ("Sales Rep", 10, None, SALES_REP),
    "senior-sales-rep": ("Senior Sales Rep", 20, None, SALES_REP | {"opportunities.export"}),
    "salesperson": ("Salesperson", 20, "user", SALESPERSON),
    "regional-salesperson": ("Regional Salesperson", 30, "salesperson", SALESPERSON),
    "marketing-coordinator": ("Marketing Coordinator", 20, None, MARKETING_COORDINATOR),
    "support-agent": ("Support Agent", 10, None, SUPPORT_AGENT),
    "director": ("Director", 70, "manager", DIRECTOR),
}

SALES_REP_RECORDS = {"contacts": {"*": {"team"}}, "accounts": {"*": {"all"}}}
RECORDS = {
    "sales-rep": SALES_REP_RECORDS,
    "senior-sales-rep": SALES_REP_RECORDS,
    "salesperson": {},
    "regional-salesperson": {
        "contacts": {"*": {"reporting_line"}},
        "deals": {"*": {"reporting_line"}},
    },
    "marketing-coordinator": {"leads": {"*": {"all"}}, "contacts": {"*": {"all"}}},
    "support-agent": {
        "contacts": {"*": {"all"}},
        "accounts": {"*": {"all"}},
        "tasks": {"*": {"department"}, "delete": {"own"}},
    },
    "director": {"deals": {"*": {"all"}}},
}

SUPPORT_READS = {
    ("contacts", "phone"): "read_only",
    ("contacts", "notes"): "hidden",
    ("contacts", "email"): "editable",
    ("accounts", "name"): "read_only",
    ("accounts", "website"): "read_only",
    ("accounts", "phone"): "read_only",
    ("accounts", "annual_revenue"): "hidden",
    ("accounts", "owner"): "hidden",
}


HOLDS = {
    "owner": "owner",
    "admin": "administrator",
    "manager": "manager",
    "user": "user",
    "guest": "guest",
    "rep": "sales-rep",
    "senior": "senior-sales-rep",
    "salesperson": "salesperson",
    "regional": "regional-salesperson",
    "marketing": "marketing-coordinator",
    "support": "support-agent",
    "director": "director",
    "waiting": "guest",
    "suspended": "user",
}


def _rows() -> list[object]:
    models = (User, Role, RoleAssignment, Account, Contact, Lead, AuditEntry)
    return [list(model.objects.order_by("pk").values()) for model in models]


class TestLoading(TestCase):
    """When it is loaded, and when not."""

    def load(self) -> str:
        out = StringIO()
        call_command("load_demo", stdout=out)
        return out.getvalue()

    def test_second_loading_changes_nothing_and_says_so(self):
        told = self.load()
        assert "61 people, 12 departments, 14 teams, 7 roles" in told
        assert "420 accounts, 1500 contacts, 800 leads, 480 opportunities, 360 deals" in told
        before = _rows()
        assert "loaded already" in self.load()
        assert _rows() == before

    def test_people_added_since_do_not_matter(self):
        User.objects.create(username="owner", email="owner@example.com")
        User.objects.create(username="newcomer")
        assert "loaded already" in self.load()

    def test_database_with_users_of_its_own_is_left_alone(self):
        User.objects.create(username="owner", email="owner@work.test")
        with pytest.raises(CommandError, match="not of the demonstration"):
            self.load()
        assert User.objects.count() == 1
        assert not Role.objects.filter(is_system=False).exists()

    def test_role_that_is_in_the_way_leaves_nothing_half_loaded(self):
        Role.objects.create(name="Director", code="boss", level=10)
        with pytest.raises(CommandError, match="Director"):
            self.load()
        assert not User.objects.exists()
        assert Role.objects.filter(is_system=False).count() == 1

    def test_same_seed_makes_the_same_account(self):
        first, again, other = (self._made_with(seed) for seed in (1, 1, 2))
        assert first == again
        assert first != other

    def _made_with(self, seed: int) -> list[object]:
        """Load and take back; primary keys go on counting on PostgreSQL, so none is compared."""
        with transaction.atomic():
            load_demonstration(seed=seed, now=NOW)
            found = [
                list(
                    Account.objects.order_by("pk").values_list("name", "owner__username", "phone")
                ),
                list(Contact.objects.order_by("pk").values_list("email", "account__name", "title")),
                list(Lead.objects.order_by("pk").values_list("email", "created_at", "deleted_at")),
                list(User.objects.order_by("pk").values_list("username", "date_joined")),
            ]
            transaction.set_rollback(True)
        return found


class TestTheLoadedAccount(TestCase):
    """What is in it."""

    @classmethod
    def setUpTestData(cls):
        load_demonstration(now=NOW)

    def test_sample_roles_are_those_of_the_catalogue(self):
        found = Role.objects.filter(is_system=False).select_related("base")
        facts = {r.code: (r.name, r.level, r.base and r.base.code) for r in found}
        assert facts == {code: row[:3] for code, row in CATALOGUE.items()}
        assert all(role.description for role in found)

    def test_sample_roles_have_exactly_the_grants_of_the_catalogue(self):
        policy = load_policy()
        for code, (_name, _level, _base, permissions) in CATALOGUE.items():
            found = set(policy.role(code).permissions)
            assert found == permissions, (code, found ^ permissions)

    def test_sample_roles_have_exactly_the_record_access_of_the_catalogue(self):
        roles = {code: read_role(Role.objects.get(code=code)) for code in CATALOGUE}
        assert {code: role.records for code, role in roles.items()} == RECORDS

    def test_only_the_marketing_coordinator_holds_privileges(self):
        found = {code: set(load_policy().role(code).privileges) for code in CATALOGUE}
        assert found.pop("marketing-coordinator") == {"app.newsletter", "report.export"}
        assert not any(found.values())

    def test_only_the_support_agent_has_field_permissions(self):
        agent = load_policy().role("support-agent")
        found = {place: agent.level_of_field(*place).code for place in SUPPORT_READS}
        assert found == SUPPORT_READS
        assert [spec.code for spec in SAMPLE_ROLES if spec.fields] == ["support-agent"]

    def test_clone_stands_alone(self):
        senior = read_role(Role.objects.get(code="senior-sales-rep"))
        assert senior.base is None
        assert senior.permissions == SALES_REP | {"opportunities.export"}

    def test_every_named_person_but_the_suspended_one_signs_in(self):
        cache.clear()  # the sign-ins of other tests count against ours
        assert {person.username for person in NAMED if _signs_in(person.username)} == {
            *("owner", "admin", "manager", "user", "guest", "rep", "senior", "salesperson"),
            *("regional", "marketing", "support", "director", "waiting"),
        }

    def test_named_people_hold_the_role_of_their_name(self):
        held = RoleAssignment.objects.filter(user__username__in=[p.username for p in NAMED])
        assert dict(held.values_list("user__username", "role__code")) == HOLDS
        assert held.count() == len(HOLDS)

    def test_every_role_that_there_is_has_a_holder(self):
        assert not Role.objects.filter(assignments=None).exists()

    def test_colleagues_show_two_roles_an_end_and_a_later_beginning(self):
        assert any(len(person.holds) == 2 for person in COLLEAGUES)
        assert RoleAssignment.objects.filter(valid_until__gt=NOW).count() == 1
        assert RoleAssignment.objects.filter(valid_from__gt=NOW).count() == 1

    def test_addresses_are_the_usernames(self):
        assert User.objects.count() == len(PEOPLE)
        assert all(user.email == f"{user.username}@example.com" for user in User.objects.all())

    def test_named_people_own_records_and_those_kept_out_none(self):
        for username in HOLDS:
            contacts = Contact.objects.alive().filter(owner__username=username).count()
            leads = Lead.objects.alive().filter(owner__username=username).count()
            if username in ("guest", "waiting"):
                assert (contacts, leads) == (0, 0), username
            else:
                assert contacts >= 8, username
                assert leads >= 4, username

    def test_some_records_have_no_owner_and_some_lie_in_the_trash(self):
        for model in (Account, Contact, Lead):
            assert model.objects.alive().filter(owner=None).exists()
            assert model.objects.exclude(deleted_at=None).exists()

    def test_records_came_in_over_eighteen_months(self):
        for model in (Account, Contact, Lead):
            records = model.objects.order_by("created_at")
            assert (records.first().created_at - NOW).days < -450
            assert (records.last().created_at - NOW).days > -60
            assert all(made.created_at <= made.changed_at <= NOW for made in records)

    def test_people_have_shared_changed_and_deleted_records(self):
        """D13, R19: by themselves, each in the past."""
        found = AuditEntry.objects.filter(action__startswith="record.")
        assert set(found.values_list("action", flat=True)) == {
            *("record.shared", "record.unshared", "record.changed", "record.deleted")
        }
        assert found.count() > 25
        assert not found.filter(actor=None).exists() and not found.filter(moment__gt=NOW).exists()
        assert ContactShare.objects.exclude(user=None).exists()
        assert ContactShare.objects.exclude(team=None).exists()

    def test_contacts_are_people_of_accounts_that_are_there(self):
        at_accounts = Contact.objects.exclude(account=None)
        assert at_accounts.count() > 400
        assert not at_accounts.exclude(account__deleted_at=None).exists()


def _signs_in(username: str) -> bool:
    """Tell whether the next request is theirs; a session alone lets nobody in (R1)."""
    client = Client()
    client.post("/auth/login/", {"login": username, "password": "demo"})
    return get_user(client).is_authenticated
