"""The commands of `administration` through the HTTP API, as a program sends them.

Each gives an answer to what `administration.DO` does under the same name. What a key holds as a
whole is sent as a whole, with what stood there.
"""

from django.test import Client

from accounts.models import User
from roles.services.loading import read_role

from .administration import fetch_role, person_named

NOT_IN_API = {
    "bases": "one role is changed at a time, by PATCH of its `base`",
    "password": "nobody's password is reset by a program: it means a mail to a person",
}


class Api:
    """A session that speaks JSON; what is not foreseen becomes a 500."""

    def __init__(self, name):
        self.client = Client(raise_request_exception=False)
        if name:
            self.client.force_login(person_named(name))

    def send(self, method, path, body=None):
        sent = {"data": "" if body is None else body, "content_type": "application/json"}
        return getattr(self.client, method)(f"/api/v1/{path}", **sent)

    def do(self, what, *arguments):
        """Send what a command says; give the answer, or nothing where there is nothing to send."""
        return SEND[what](self, *arguments)


def _create(api, level, codes, base):
    body = {"name": "New", "level": level, "base": base, "permissions": sorted(codes)}
    return api.send("post", "roles/", body)


def _held(code):
    role = fetch_role(code)
    return read_role(role) if role else None


def _toggle(api, code, permission):
    spec = _held(code)
    key = "revoke" if spec and permission in spec.permissions else "grant"
    return api.send("patch", f"roles/{code}/matrix/", {key: [permission]})


def _patch_role(part):
    def send(api, code, *arguments):
        spec = _held(code)
        body = part(spec, *arguments) if spec else {"description": "Not there."}
        return api.send("patch", f"roles/{code}/", body)

    return send


def _privileges(spec, name):
    return {"privileges": sorted(spec.privileges ^ {name})}


def _records(spec, action, scopes):
    said = {module: {a: sorted(s) for a, s in by.items()} for module, by in spec.records.items()}
    said.setdefault("contacts", {})[action] = sorted(scopes)
    return {"records": _without_empty(said)}


def _fields(spec, name, level):
    said = {module: {f: lv.code for f, lv in by.items()} for module, by in spec.fields.items()}
    said.setdefault("contacts", {})[name] = level.code if level is not None else None
    return {"fields": _without_empty(said)}


def _without_empty(nested):
    kept = {outer: {i: v for i, v in by.items() if v} for outer, by in nested.items()}
    return {outer: by for outer, by in kept.items() if by}


def _delete_role(api, code, target):
    return api.send("delete", f"roles/{code}/" + (f"?move_to={target}" if target else ""))


def _assign(api, name, code, until):
    body = {"role": code, "valid_until": until.isoformat() if until else None}
    return api.send("post", f"users/{name}/roles/", body)


def _post(verb):
    return lambda api, name: api.send("post", f"users/{name}/{verb}/")


def _patch_person(key):
    return lambda api, name, value: api.send("patch", f"users/{name}/", {key: value})


def _members(change):
    """The team as a whole, with one more or one less; where it is so already nothing is said."""

    def send(api, name):
        held = set(_team_members())
        if change(held, {name}) == held:
            return None
        return api.send("patch", "teams/alpha/", {"members": sorted(change(held, {name}))})

    return send


def _team_members():
    return User.objects.filter(teams__code="alpha").values_list("username", flat=True)


SEND = {
    "create": _create,
    "toggle": _toggle,
    "toggle whole": _patch_role(lambda s, code: {"permissions": sorted(s.permissions ^ {code})}),
    "privilege": _patch_role(_privileges),
    "scope": _patch_role(_records),
    "field": _patch_role(_fields),
    "level": _patch_role(lambda spec, level: {"level": level}),
    "base": _patch_role(lambda spec, base: {"base": base}),
    "second factor": _patch_role(lambda spec, asked: {"second_factor": asked}),
    "delete role": _delete_role,
    "assign": _assign,
    "terms": lambda api, name, code, until: api.send(
        "patch", f"users/{name}/roles/{code}/", {"valid_until": until and until.isoformat()}
    ),
    "factor off": lambda api, name: api.send("delete", f"users/{name}/second-factor/"),
    "person": lambda api, name: api.send("post", "users/", {"username": name}),
    "unassign": lambda api, name, code: api.send("delete", f"users/{name}/roles/{code}/"),
    "suspend": _post("suspend"),
    "restore": _post("restore"),
    "reject": _post("reject"),
    "undelete": _post("undelete"),
    "delete": lambda api, name: api.send("delete", f"users/{name}/"),
    "approve": lambda api, name, codes: api.send(
        "post", f"users/{name}/approve/", {"roles": sorted(codes)}
    ),
    "email": lambda api, name: _patch_person("email")(api, name, "x@example.org"),
    "manager": _patch_person("manager"),
    "department": _patch_person("department"),
    "members": lambda api, names: api.send("patch", "teams/alpha/", {"members": sorted(names)}),
    "join": _members(set.union),
    "leave": _members(set.difference),
    "move department": lambda api, parent: api.send(
        "patch", "departments/south/", {"parent": parent}
    ),
    "delete team": lambda api: api.send("delete", "teams/alpha/"),
}
