"""The demonstration's organisation makes each sample role show what it is meant to show (R9)."""

from datetime import UTC, datetime, timedelta

from django.test import TestCase

from accounts.models import Department, Team, User
from accounts.models.closure import store_tree
from crm.demo.loading import load_demonstration
from crm.demo.organisation import DEPARTMENTS
from crm.demo.people import PEOPLE
from crm.models import Account, Contact, Deal, Lead, Opportunity, Project, Task
from roles.admin.role_rows import with_facts
from roles.models import AuditEntry, Role
from tests.factories import fetch

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BY_NAME = {person.username: person for person in PEOPLE}
MODELS = (Account, Contact, Deal, Lead, Opportunity, Project, Task)
SELLING = {"sales", "sales-north", "sales-south", "sales-overseas"}


def up(key, parents):
    """List who is above, the nearest first; as the tables of the demonstration say."""
    found = []
    while (key := parents(key)) is not None:
        found.append(key)
    return found


def managers(username):
    return up(username, lambda name: BY_NAME[name].manager)


def departments(username):
    """Give the person's department and all above it."""
    mine = BY_NAME[username].department
    return {mine, *up(mine, lambda code: DEPARTMENTS[code][1])} if mine else set()


def mates(username):
    mine = set(BY_NAME[username].teams)
    return {p.username for p in PEOPLE if mine & set(p.teams)} | {username}


def below(username):
    return {p.username for p in PEOPLE if username in managers(p.username)} | {username}


def within(*codes):
    return {p.username for p in PEOPLE if departments(p.username) & set(codes)}


class TestTheOrganisation(TestCase):
    """Who is there, and whose records each of them reaches."""

    @classmethod
    def setUpTestData(cls):
        load_demonstration(now=NOW)

    def owners(self, username, model, action="view"):
        """Give whose records of a kind somebody reaches by their roles, shares apart."""
        found = model.objects.accessible_by(fetch(User.objects.get(username=username)), action)
        return set(found.filter(shares=None).values_list("owner__username", flat=True))

    def everyone(self, model):
        return set(model.objects.alive().values_list("owner__username", flat=True))

    def test_about_sixty_people_in_twelve_departments_three_levels_deep(self):
        assert 55 <= User.objects.count() <= 65
        assert Department.objects.count() == 12
        assert max(len(up(code, lambda c: DEPARTMENTS[c][1])) + 1 for code in DEPARTMENTS) == 3
        assert Department.closure().differences() == []
        assert not Department.objects.filter(people=None).exists()

    def test_fourteen_teams_of_three_and_more_across_departments(self):
        teams = Team.objects.prefetch_related("members__department")
        assert len(teams) == 14
        assert min(team.members.count() for team in teams) >= 3
        mixed = [t for t in teams if len({m.department for m in t.members.all()}) > 1]
        assert len(mixed) >= 4

    def test_a_reporting_line_five_deep_that_passes_somebody_who_is_suspended(self):
        assert max(len(managers(person.username)) for person in PEOPLE) == 5
        assert managers("rep") == ["senior", "regional", "manager", "director", "owner"]
        assert managers("noah.bennett")[0] == "suspended"
        assert User.closure().differences() == []

    def test_some_are_kept_out_and_whoever_registered_alone_belongs_nowhere_yet(self):
        assert User.objects.filter(state="waiting").count() == 1
        assert User.objects.filter(state="suspended").count() == 1
        assert User.objects.filter(is_active=False).count() == 1
        waiting = User.objects.get(username="waiting")
        assert (waiting.department, waiting.manager) == (None, None)

    def test_thousands_of_records_of_every_kind_none_of_them_of_the_future(self):
        assert sum(model.objects.count() for model in MODELS) > 4000
        for model in MODELS:
            assert not model.objects.filter(changed_at__gt=NOW).exists()

    def test_the_same_records_are_as_old_whenever_it_is_loaded(self):
        newest = Contact.objects.order_by("-created_at").first()
        assert NOW - newest.created_at < timedelta(days=7)

    # What each role shows

    def test_the_rep_sees_the_contacts_of_their_teams_and_every_account(self):
        seen = self.owners("rep", Contact)
        assert {"rep", "senior", "leila.farouk", "marketing"} <= seen <= mates("rep")
        assert self.owners("rep", Lead) == self.owners("rep", Opportunity) == {"rep"}
        assert self.owners("rep", Account) == self.everyone(Account)

    def test_the_regional_sees_contacts_and_deals_of_the_line_past_the_suspended(self):
        for model in (Contact, Deal):
            seen = self.owners("regional", model)
            assert {"regional", "rep", "suspended", "noah.bennett", "ingrid.solberg"} <= seen
            assert seen <= below("regional")
        assert self.owners("regional", Opportunity) == {"regional"}

    def test_the_support_agent_sees_the_tasks_of_the_department_and_deletes_their_own(self):
        assert self.owners("support", Task) == within("help-desk")
        assert self.owners("support", Task, "edit") == within("help-desk")
        assert self.owners("support", Task, "delete") == {"support"}
        assert self.owners("support", Contact) == self.everyone(Contact)

    def test_the_manager_sees_their_department_and_teams_and_the_director_every_deal(self):
        mine = within("sales-north") | mates("manager")
        assert self.owners("manager", Contact) == mine & self.everyone(Contact)
        assert self.owners("director", Deal) == self.everyone(Deal) and None in self.everyone(Deal)
        whole = within("sales") | mates("director")
        assert self.owners("director", Lead) == whole & self.everyone(Lead)
        assert within("sales-north") < within("sales")

    def test_salesperson_and_user_see_their_own_and_marketing_every_lead(self):
        for username in ("salesperson", "user"):
            assert self.owners(username, Contact) == {username}
        assert self.owners("marketing", Lead) == self.everyone(Lead)
        assert self.owners("marketing", Deal) == set()

    def test_who_sells_owns_most_of_what_is_sold(self):
        selling = Deal.objects.filter(owner__department__code__in=SELLING)
        assert selling.count() > 0.7 * Deal.objects.count()

    # What happened

    def test_an_owner_made_the_roles_and_changed_each_since(self):
        for role in Role.objects.filter(is_system=False):
            log = AuditEntry.objects.about(role).filter(beside_type="")
            actions = list(log.order_by("moment").values_list("action", flat=True))
            assert actions[0] in ("role.created", "role.cloned") and "role.changed" in actions[1:]
            assert set(log.values_list("actor__username", flat=True)) == {"owner"}
            assert log.order_by("moment").first().moment == role.created_at

    def test_the_list_of_roles_says_when_each_of_them_was_last_changed(self):
        found = dict(
            with_facts(Role.objects.all(), User.objects.get(username="owner")).values_list(
                "code", "last_change"
            )
        )
        own = Role.objects.filter(is_system=False).values_list("code", flat=True)
        assert len({found[code].date() for code in own}) == len(own)

    def test_what_happened_is_spread_over_the_history_and_none_of_it_lies_ahead(self):
        log = AuditEntry.objects.order_by("moment")
        assert NOW - log.first().moment > timedelta(days=500)
        assert log.last().moment <= NOW
        months = {(entry.moment.year, entry.moment.month) for entry in log}
        assert len(months) >= 12

    def test_people_who_had_another_role_before_gave_it_back(self):
        gone = AuditEntry.objects.filter(action="role.unassigned")
        pairs = {(entry.beside_name, entry.subject_name) for entry in gone}
        assert {name for _person, name in pairs} == {"User", "Sales Rep"} and len(pairs) == 2


def test_a_tree_is_stored_a_level_at_a_time_and_given_in_its_own_order(db):
    made = store_tree(
        {"low": "mid", "high": None, "mid": "high"},
        lambda key, above: Department(code=key, name=key, parent=above),
    )
    assert list(made) == ["low", "high", "mid"]
    assert made["low"].parent.parent == made["high"]
    assert Department.closure().differences() == []
