"""The commands of `administration` through the admin's pages, as a browser posts them.

The page is opened, its form filled in as far as it lets itself be, and the button pressed. A
forger fills in what the page does not offer, and posts where there is no form at all.
"""

from django.urls import reverse

from accounts.models import Department
from roles.services.loading import read_role

from .administration import fetch_role, person_named
from .forms import Form, NotOffered

NOT_ON_PAGES = {
    "members": "a page adds and removes one member at a time: `join`, `leave`",
}


# Roles


def _url_of_role(code, page="change"):
    role = fetch_role(code)
    if role is None:
        raise NotOffered(f"the page of {code}")
    return reverse(f"admin:roles_role_{page}", args=[role.pk])


def _on_role(fill):
    """Change one thing on a role's page, and save."""

    def press(pages, code, *arguments):
        url = _url_of_role(code)
        form = pages.form(url, "Save Changes")
        fill(pages, form, read_role(fetch_role(code)), *arguments)
        return pages.press(form, "Save Changes", url)

    return press


def _create(pages, level, codes, base):
    url = reverse("admin:roles_role_add")
    form = pages.form(url, "Create Role")
    form.type("name", "New", forging=pages.forging)
    form.type("level", str(level), forging=pages.forging)
    form.choose("base", {base or ""}, forging=pages.forging)
    form.choose("permissions", codes, forging=pages.forging)
    return pages.press(form, "Create Role", url)


def _toggle(pages, form, spec, code):
    ticked = set(form.chosen("permissions"))
    wanted = ticked - {code} if code in spec.permissions else ticked | {code}
    if code not in form.offers("permissions") and not pages.forging:
        raise NotOffered(f"the cell {code}")
    form.choose("permissions", wanted, forging=pages.forging)


def _privilege(pages, form, spec, name):
    form.type("privileges", ", ".join(sorted(spec.privileges ^ {name})), forging=pages.forging)


def _scope(pages, form, spec, action, scopes):
    name = "scope:contacts" if action == "*" else f"scope:contacts:{action}"
    form.choose(name, scopes, forging=pages.forging)


def _field(pages, form, spec, name, level):
    chosen = {level.code} if level is not None else set()
    form.choose(f"field:contacts:{name}", chosen, forging=pages.forging)


def _second_factor(pages, form, spec, asked):
    form.choose("second_factor", {"yes" if asked else "no"}, forging=pages.forging)


def _bases(pages, codes, base):
    roles = [fetch_role(code) for code in sorted(codes)]
    if None in roles:
        raise NotOffered("a role that is not there")
    ids, chosen = ",".join(str(role.pk) for role in roles), base or "-"
    url = reverse("admin:roles_role_bases")
    form = pages.form(f"{url}?roles={ids}&base={chosen}", "Change Base of", posts_to="")
    if form.offers("skip"):
        form.choose("skip", {"1"})
    more = {"roles": ids, "base": chosen, "skip": "1"}
    return pages.press(form, "Change Base of", url, **more)


def _delete_role(pages, code, target):
    url = _url_of_role(code, "delete")
    form = next((f for f in pages.open(url) if _deletes(f)), None)
    if form is None and not pages.forging:
        raise NotOffered(f"deletion of {code}")
    form = form or Form(url)
    if target:
        form.choose("move_to", {target}, forging=pages.forging)
    return pages.press(form, next(iter(filter(_is_deletion, form.buttons)), ""), url)


def _deletes(form):
    return any(map(_is_deletion, form.buttons))


def _is_deletion(label):
    return label.endswith("Delete Role")


# People


def _url_of(name, rest="change", *more):
    person = person_named(name)
    return reverse(f"admin:accounts_user_{rest}", args=[person.pk, *more])


def _assign(pages, name, code, until):
    form = pages.form(_url_of(name), "Give Role", posts_to=_url_of(name, "give"))
    form.choose("role", {code}, forging=pages.forging)
    if until:
        form.type("valid_until", f"{until:%Y-%m-%dT%H:%M}", forging=pages.forging)
    return pages.press(form, "Give Role")


def _terms(pages, name, code, until):
    url = f"{_url_of(name)}?change={code}"
    form = pages.form(url, "Save", posts_to=_url_of(name, "change_terms", code))
    form.type("valid_until", f"{until:%Y-%m-%dT%H:%M}" if until else "", forging=pages.forging)
    return pages.press(form, "Save")


def _person(pages, name):
    url = reverse("admin:accounts_user_add")
    form = pages.form(url, "Create User")
    form.type("username", name, forging=pages.forging)
    return pages.press(form, "Create User", url)


def _unassign(pages, name, code):
    form = pages.form(_url_of(name), "Take Back", posts_to=_url_of(name, "take_back", code))
    return pages.press(form, "Take Back")


def _act(label, code):
    def press(pages, name):
        form = pages.form(_url_of(name), label, posts_to=_url_of(name, "act", code))
        return pages.press(form, label)

    return press


def _delete(pages, name):
    url = _url_of(name, "delete")
    return pages.press(pages.form(url, "Move to Trash"), "Move to Trash", url, post="yes")


def _undelete(pages, name):
    url = reverse("admin:accounts_user_trash")
    form = pages.form(url, "Restore", posts_to=_url_of(name, "restore"))
    return pages.press(form, "Restore")


def _decide(pages, name, label, codes=()):
    url = reverse("registration", args=[person_named(name).pk])
    form = pages.form(url, label)
    if codes:
        form.choose("roles", codes, forging=pages.forging)
    return pages.press(form, label, url, decision=label.lower())


def _email(pages, name):
    form = pages.form(_url_of(name), "Save Changes", posts_to=_url_of(name))
    form.type("email", "x@example.org", forging=pages.forging)
    return pages.press(form, "Save Changes")


def _manager(pages, name, manager):
    form = pages.form(_url_of(name), "Move", posts_to=_url_of(name, "place"))
    form.type("manager", manager or "", forging=pages.forging)
    return pages.press(form, "Move")


def _department(pages, name, code):
    form = pages.form(_url_of(name), "Move", posts_to=_url_of(name, "place"))
    form.choose("department", {_key_of(code)}, forging=pages.forging)
    return pages.press(form, "Move")


def _key_of(department):
    return str(Department.objects.get(code=department).pk) if department else ""


# The organisation


def _url_of_team():
    return reverse("team", args=["alpha"])


def _join(pages, name):
    form = pages.form(_url_of_team(), "Add Member")
    form.type("username", name, forging=pages.forging)
    return pages.press(form, "Add Member", _url_of_team(), do="add")


def _leave(pages, name):
    url = _url_of_team()
    forms = [f for f in pages.open(url) if f.chosen("username") == [name]]
    if not forms and not pages.forging:
        raise NotOffered(f"removal of {name}")
    form = forms[0] if forms else Form(url)
    form.type("username", name, forging=True)
    return pages.press(form, "Remove", url, do="remove")


def _move_department(pages, parent):
    url = reverse("department", args=["south"])
    form = pages.form(url, "Move")
    form.choose("parent", {_key_of(parent)}, forging=pages.forging)
    return pages.press(form, "Move", url, do="move")


def _delete_team(pages):
    form = pages.form(_url_of_team(), "Delete Team")
    return pages.press(form, "Delete Team", _url_of_team(), do="delete")


PRESS = {
    "create": _create,
    "toggle": _on_role(_toggle),
    "toggle whole": _on_role(_toggle),
    "privilege": _on_role(_privilege),
    "scope": _on_role(_scope),
    "field": _on_role(_field),
    "level": _on_role(lambda p, f, s, level: f.type("level", str(level), forging=p.forging)),
    "base": _on_role(lambda p, f, s, base: f.choose("base", {base or ""}, forging=p.forging)),
    "second factor": _on_role(_second_factor),
    "bases": _bases,
    "delete role": _delete_role,
    "assign": _assign,
    "unassign": _unassign,
    "terms": _terms,
    "factor off": _act("Remove Second Factor", "remove_second_factor"),
    "person": _person,
    "suspend": _act("Suspend", "suspend"),
    "restore": _act("Restore", "restore"),
    "password": _act("Reset Password", "reset_password"),
    "delete": _delete,
    "undelete": _undelete,
    "reject": lambda pages, name: _decide(pages, name, "Reject"),
    "approve": lambda pages, name, codes: _decide(pages, name, "Approve", codes),
    "email": _email,
    "manager": _manager,
    "department": _department,
    "join": _join,
    "leave": _leave,
    "move department": _move_department,
    "delete team": _delete_team,
}
