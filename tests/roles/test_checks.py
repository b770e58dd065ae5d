"""Each system check by its id: it speaks with a hint where something is wrong, and only there."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.contrib.auth.models import Permission as AuthPermission
from django.contrib.contenttypes.models import ContentType
from django.core.checks import ERROR, WARNING, run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db.models import Index, Q

from crm.models import Contact
from rbac_site.settings import DEVELOPMENT_SECRET
from roles.backends import RoleBackend
from roles.core.specs import Module
from roles.models import CustomPrivilege, Permission
from roles.models import Module as ModuleRow
from tests.factories import make_role

from .catalogues import another_release, installed

ROOT = Path(__file__).resolve().parents[2]
OURS, DJANGOS = "rbac_site.backends.SiteBackend", "django.contrib.auth.backends.ModelBackend"

pytestmark = pytest.mark.django_db


class WrongOrder(ModelBackend, RoleBackend):
    """Composed so that Django's answers stand before ours."""


class SignsIn(BaseBackend):
    """Says who somebody is and nothing about what they may."""

    def authenticate(self, request, **credentials):
        return None


class SaysYes(BaseBackend):
    """No ModelBackend, and gives permissions all the same."""

    def has_perm(self, user_obj, perm, obj=None):
        return True


def find(code, **options):
    """Give the messages of the check `code`; each carries a hint."""
    found = [m for m in run_checks(databases=["default"], **options) if m.id == code]
    assert all(message.hint for message in found)
    assert {message.level for message in found} <= {ERROR if ".E" in code else WARNING}
    return [message.msg for message in found]


def our_ids():
    places = [*(ROOT / "roles/checks").glob("*.py"), ROOT / "rbac_site/checks.py"]
    return {
        code for p in places for code in re.findall(r'"((?:roles|site)\.[EW]\d+)"', p.read_text())
    }


def test_the_project_as_it_stands_has_nothing_to_say():
    assert [m for m in run_checks(databases=["default"]) if m.id in our_ids()] == []


def test_every_check_has_a_test_here():
    names = {
        f"{app}.{code}"
        for app, code in re.findall(r"_(roles|site)_([EW]\d{3})_", " ".join(globals()))
    }
    assert names == our_ids()


# Settings and declarations


def test_roles_E001_no_backend_asks_roles(settings):
    settings.AUTHENTICATION_BACKENDS = [DJANGOS]
    assert find("roles.E001") == ["No authentication backend asks roles for permissions."]
    settings.AUTHENTICATION_BACKENDS = ["roles.backends.RoleBackend"]
    assert find("roles.E001") == []


def test_roles_W001_another_backend_gives_permissions_beside_ours(settings):
    settings.AUTHENTICATION_BACKENDS = [OURS, DJANGOS]
    assert find("roles.W001") == [f"{DJANGOS} gives permissions beside roles."]
    settings.AUTHENTICATION_BACKENDS = [OURS, f"{__name__}.SignsIn"]
    assert find("roles.W001") == []


def test_roles_E005_django_s_answers_stand_before_ours_in_the_class(settings):
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.WrongOrder"]
    (message,) = find("roles.E005")
    assert "WrongOrder the methods get_user, aget_user, has_perm" in message
    settings.AUTHENTICATION_BACKENDS = [OURS]
    assert find("roles.E005") == []


def test_roles_E006_a_backend_before_ours_gives_permissions(settings):
    settings.AUTHENTICATION_BACKENDS = [DJANGOS, OURS]
    (message,) = find("roles.E006")
    assert message.startswith(f"{DJANGOS} gives permissions and is asked before roles")
    for others in ([OURS, DJANGOS], [f"{__name__}.SignsIn", OURS], [OURS]):
        settings.AUTHENTICATION_BACKENDS = others
        assert find("roles.E006") == []


@pytest.mark.parametrize("code", ["roles.E006", "roles.W001"])
def test_a_backend_that_gives_permissions_is_known_by_what_it_does(settings, code):
    """Neither guardian's backend nor rules' is a ModelBackend."""
    order = [f"{__name__}.SaysYes", OURS]
    settings.AUTHENTICATION_BACKENDS = order if code == "roles.E006" else order[::-1]
    assert len(find(code)) == 1


def test_roles_E002_the_directory_cannot_be_imported(settings):
    for path in ("nowhere.Directory", "roles.directory.NoSuchDirectory", "nodots"):
        settings.ROLES_DIRECTORY = path
        assert "ROLES_DIRECTORY cannot be imported" in find("roles.E002")[0]
    settings.ROLES_DIRECTORY = "roles.directory.NullDirectory"
    assert find("roles.E002") == []


def test_roles_E003_the_cache_has_no_sensible_size(settings):
    for size in (0, -1, "many", None, 1.5):
        settings.ROLES_CACHE_SIZE = size
        assert find("roles.E003") == [f"ROLES_CACHE_SIZE is {size!r}."]
    settings.ROLES_CACHE_SIZE = 1
    assert find("roles.E003") == []


def test_roles_E008_the_search_for_people_is_no_address(settings):
    settings.ROOT_URLCONF = "roles.api.urls"  # the site's own takes any path
    for search in ("tokens/", "/nowhere/", None, 1):
        settings.ROLES_PEOPLE_SEARCH = search
        said = f"ROLES_PEOPLE_SEARCH is {search!r}, which is no address of this project."
        assert find("roles.E008") == [said]
    for search in ("", "/tokens/?user=ann"):
        settings.ROLES_PEOPLE_SEARCH = search
        assert find("roles.E008") == []


def test_roles_E004_moments_have_no_zone(settings):
    settings.USE_TZ = False
    assert find("roles.E004") == ["roles needs USE_TZ."]
    settings.USE_TZ = True
    assert find("roles.E004") == []


def test_roles_W002_a_module_implies_what_nothing_declares():
    def release(implied):
        return another_release(
            modules=[Module("x", "X", "Work", ("view",), implies={"view": (implied,)})]
        )

    with installed(release("ghosts.view")):
        assert find("roles.W002") == [
            "x.view implies 'ghosts.view', which no installed app declares."
        ]
    with installed(release("leads.view")):
        assert find("roles.W002") == []


# What is stored


def test_roles_W003_a_module_or_permission_is_stored_that_nothing_declares():
    ModuleRow.objects.create(code="ghosts")
    Permission.objects.create(code="ghosts.view", module_id="ghosts", kind="module")
    Permission.objects.create(code="leads.haunt", module_id="leads", kind="feature")
    # The module stands for what belongs to it.
    assert [message.split(" is stored")[0] for message in find("roles.W003")] == [
        *("Module 'ghosts'", "Permission 'leads.haunt'")
    ]
    Permission.objects.filter(code__in=["ghosts.view", "leads.haunt"]).delete()
    ModuleRow.objects.filter(code="ghosts").delete()
    assert find("roles.W003") == []


def test_roles_W003_a_feature_of_no_module_is_stored_that_nothing_declares():
    Permission.objects.create(code="ghosts.call", module=None, kind="feature")
    assert len(find("roles.W003")) == 1


def test_roles_W004_a_privilege_became_shadowed():
    """R11: entering one is refused; one that Django or the system took over later is flagged."""
    make_role("rep", privileges="app.crm app.fine")
    assert find("roles.W004") == []
    kind = ContentType.objects.create(app_label="app", model="thing")
    AuthPermission.objects.create(content_type=kind, codename="crm", name="Crm")
    CustomPrivilege.objects.create(name="leads.invite")
    found = find("roles.W004")
    assert len(found) == 2
    assert "“app.crm” is a permission of an installed app" in found[0]
    assert "“leads.invite” is a system permission" in found[1]


@pytest.fixture
def contacts():
    """The options of a governed model whose declarations a test alters."""
    kept = Contact._meta.indexes, Contact._meta.ordering
    yield Contact._meta
    Contact._meta.indexes, Contact._meta.ordering = kept


BY_OWNER, NEWEST = ["owner", "-created_at", "-id"], ["-created_at", "-id"]


def test_roles_W005_a_list_in_reach_has_no_index(contacts):
    assert find("roles.W005") == []
    contacts.indexes = []
    read_whole = "a large list in reach is read whole."
    assert find("roles.W005") == [
        f"crm.Contact has no index by owner, -created_at, -id: {read_whole}",
        f"crm.Contact has no index by -created_at, -id: {read_whole}",
    ]


@pytest.mark.parametrize(
    "ordering", [[], ["-created_at"], ["-created_at", "id"], ["-deleted_at", "-id"], ["?", "-id"]]
)
def test_roles_W005_a_list_does_not_end_in_its_key(contacts, ordering):
    contacts.ordering = ordering
    assert find("roles.W005") == [
        "crm.Contact is not ordered by one column and its key: a row may come on two pages."
    ]


def test_roles_W005_sqlite_would_take_an_index_on_the_owner_alone(contacts, monkeypatch):
    monkeypatch.setattr(contacts.get_field("owner"), "db_index", True)
    assert find("roles.W005") == [
        "crm.Contact has an index on owner alone, which SQLite takes for the list in reach."
    ]


SERVING = {
    "as asked": (BY_OWNER, {}, 0),
    "turned round": (["-owner", "created_at", "id"], {}, 0),
    "with more columns": ([*BY_OWNER, "last_name"], {}, 0),
    "in two directions": (["owner", "-created_at", "id"], {}, 1),
    "in another order": (["-created_at", "-id", "owner"], {}, 1),
    "too short": (["owner", "-created_at"], {}, 1),
    "of some rows": (BY_OWNER, {"condition": Q(deleted_at=None)}, 1),
}


@pytest.mark.parametrize("kind", SERVING)
def test_roles_W005_an_index_serves_that_begins_with_what_is_asked(contacts, kind):
    fields, more, missing = SERVING[kind]
    contacts.indexes = [Index(fields=fields, name="one", **more), Index(fields=NEWEST, name="two")]
    assert len(find("roles.W005")) == missing


def test_the_checks_of_what_is_stored_ask_no_database_unless_told_to(
    django_assert_num_queries,
):
    ModuleRow.objects.create(code="ghosts")
    with django_assert_num_queries(0):
        found = run_checks()
    assert [m for m in found if m.id == "roles.W003"] == []
    assert find("roles.W003")


# Production


@pytest.fixture
def production(settings):
    settings.SECRET_KEY = "a long random text of their own"
    settings.DEBUG = settings.DEMO = settings.DEVELOPMENT = False
    settings.ALLOWED_HOSTS = ["crm.example.com"]
    return settings


def find_site(code):
    return find(code, include_deployment_checks=True)


def test_site_E001_the_secret_is_the_repositorys_debug_is_on_or_any_host_is_taken(production):
    assert find_site("site.E001") == []
    production.SECRET_KEY = DEVELOPMENT_SECRET
    assert [message.split()[0] for message in find_site("site.E001")] == ["SECRET_KEY"]
    production.DEBUG = True
    assert [m.split()[0] for m in find_site("site.E001")] == ["SECRET_KEY", "DEBUG"]
    production.ALLOWED_HOSTS = ["*"]
    found = [m.split()[0] for m in find_site("site.E001")]
    assert found == ["SECRET_KEY", "DEBUG", "ALLOWED_HOSTS"]


def test_site_E002_a_mode_is_on_that_switches_the_guard_off(production):
    assert find_site("site.E002") == []
    production.DEMO = True
    assert find_site("site.E002") == ["DEMO is on."]
    production.DEVELOPMENT = True
    assert find_site("site.E002") == ["DEMO is on.", "DEVELOPMENT is on."]


def test_site_W001_everybody_comes_from_the_address_of_a_proxy(production):
    assert find_site("site.W001") == []
    production.BEHIND_TLS = True
    assert len(find_site("site.W001")) == 1
    production.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert find_site("site.W001") == []


def test_production_is_refused_and_development_is_not(production):
    production.DEMO = True
    call_command("check", "--database", "default")
    with pytest.raises(SystemCheckError, match=r"site\.E002"):
        call_command("check", "--deploy")


def test_roles_E010_a_view_of_governed_records_beside_the_kit(settings):
    """What else it refuses stands in tests/api/test_check.py."""
    from django.urls import path
    from rest_framework.generics import ListAPIView

    from crm.models import Contact

    class Beside(ListAPIView):
        queryset = Contact.objects.all()

    assert find("roles.E010") == []
    settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": [path("", Beside.as_view())]})
    (message,) = find("roles.E010")
    assert "Beside" in message and "'contacts'" in message


def test_roles_E007_an_admin_page_of_governed_records_beside_the_kit():
    from django.contrib.admin import ModelAdmin, TabularInline, site

    from crm.models import Contact, Task
    from roles.admin import GovernedAdmin

    class Inline(TabularInline):
        model, fk_name = Task, "related_to"

    own = site._registry[Contact]
    pages = {
        "Kit": (GovernedAdmin, []),
        "Beside": (ModelAdmin, []),
        "Own": (GovernedAdmin, [Inline]),
    }
    told = {}
    try:
        for name, (base, inlines) in pages.items():
            site._registry[Contact] = type(name, (base,), {"inlines": inlines})(Contact, site)
            told[name] = find("roles.E007")
    finally:
        site._registry[Contact] = own
    assert told["Kit"] == [] and "Beside" in told["Beside"][0] and "Inline" in told["Own"][0]
