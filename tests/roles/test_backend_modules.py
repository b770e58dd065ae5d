"""`has_module_perms`: an app label first, else a module's code; never an error (interfaces 2)."""

from roles.models import Module
from roles.registry import registry
from tests.factories import fetch, make_role, make_user

ODD_LABELS = ("", ".", "crm.contacts", "contacts.view", "CRM", "Contacts", None, 42, b"crm", ())


def holder(permissions):
    return fetch(make_user("", make_role(name=f"Of {permissions}", permissions=permissions)))


def test_an_app_is_entered_by_whoever_may_view_one_of_its_modules(db):
    viewer, editor = holder("leads.view"), holder("leads.edit accounts.edit tasks.comment")
    assert viewer.has_module_perms("crm")
    assert not editor.has_module_perms("crm")


def test_a_label_that_is_no_app_is_a_modules_code(db):
    viewer = holder("leads.view settings.view admin.view")
    assert viewer.has_module_perms("leads") and viewer.has_module_perms("settings")
    assert viewer.has_module_perms("admin")  # the app of that name has nothing governed
    assert not viewer.has_module_perms("contacts")


def test_the_app_accounts_comes_before_the_module_accounts(db):
    companies, colleagues = holder("accounts.view"), holder("users.view")
    assert companies.has_module_perms("crm") and not companies.has_module_perms("accounts")
    assert colleagues.has_module_perms("accounts") and not colleagues.has_module_perms("crm")


def test_an_app_whose_modules_are_all_disabled_is_nobodys(db):
    """R7: but a superuser's, for whom Django answers (R3)."""
    owner, breaker = make_user("o", "owner"), make_user("s", is_superuser=True)
    of_crm = [module.code for module in registry.modules_under("crm")]
    Module.objects.filter(code__in=of_crm[1:]).update(is_enabled=False)
    assert fetch(owner).has_module_perms("crm")
    Module.objects.filter(code__in=of_crm).update(is_enabled=False)
    assert not fetch(owner).has_module_perms("crm")
    assert fetch(owner).has_module_perms("accounts")
    assert fetch(breaker).has_module_perms("crm")


def test_who_enters_crm(people):
    kinds = {kind for kind, person in people.items() if person.has_module_perms("crm")}
    assert kinds == {"user", "manager", "owner", "superuser"}


def test_unknown_and_odd_labels_are_nobodys_and_never_an_error(people):
    for label in ("galaxies", "auth", "sessions", "django", *ODD_LABELS):
        kinds = {kind for kind, person in people.items() if person.has_module_perms(label)}
        assert kinds == {"superuser"}, label


def test_a_label_that_cannot_be_looked_up_is_nobodys_too(people):
    """`has_module_perms` never raises (interfaces, section 2): the admin's index calls it."""
    for label in ([], ["crm"], {}, {"crm"}):
        assert not people["owner"].has_module_perms(label)
