"""Templates ask for permissions, spelled or by tag (interfaces, section 2)."""

from django.template import Context, RequestContext, Template
from django.test import RequestFactory

from accounts.models import User
from crm.models import Contact
from rbac_site.backends import SiteBackend
from roles.core.specs import RoleSpec
from roles.models import Role
from roles.services.installation import install_assignment, install_role

PAGE = """{% load roles %}{% has_perm "report.export" as may %}
{% has_perm "leave.approve" as may_not %}
{{ perms.contacts.view }} {{ perms.contacts.frobnicate }} {{ may }} {{ may_not }}
{% if perms.contacts %}module{% endif %}{% if perms.deals %}never{% endif %}"""


def test_templates_ask_the_policy(db):
    user = User.objects.create_user("tess")
    install_role(
        RoleSpec(
            code="t",
            name="T",
            permissions=frozenset({"contacts.view"}),
            privileges=frozenset({"report.export"}),
        )
    )
    install_assignment(user=user, role=Role.objects.get(code="t"))
    request = RequestFactory().get("/")
    request.user = SiteBackend().get_user(user.pk)
    words = Template(PAGE).render(RequestContext(request)).split()
    assert words == ["True", "False", "True", "False", "module"]


def test_the_tag_passes_the_record_on_and_denies_without_a_user(db):
    user = User.objects.create_user("tess")
    install_assignment(user=user, role=Role.objects.get(code="user"))
    mine = Contact.objects.create(last_name="Mine", owner=user)
    other = Contact.objects.create(last_name="Other")
    page = Template(
        '{% load roles %}{% has_perm "contacts.edit" mine as a %}'
        '{% has_perm "contacts.edit" other as b %}{{ a }} {{ b }}'
    )
    records = {"mine": mine, "other": other}
    assert page.render(Context({"user": user, **records})) == "True False"
    assert page.render(Context(records)) == "False False"
