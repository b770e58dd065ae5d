"""The commands of `administration` on roles as a policy file, applied in the actor's name.

The file holds every role as it stands, but for what the command wants otherwise; it goes through
`manage.py policy apply FILE --as USERNAME`, as an operator would have it.
"""

from io import StringIO
from tempfile import NamedTemporaryFile

from django.core.management import call_command

from roles.core.document import dump_document, to_yaml
from roles.core.specs import RoleSpec
from roles.services.loading import read_roles
from roles.snapshots import read_policy

NOT_IN_FILES = {
    "bases": "what is refused is left out there, and a file is applied whole",
    **dict.fromkeys(("assign", "unassign", "terms", "approve"), "a file says nothing of people"),
    **dict.fromkeys(("suspend", "restore", "delete", "undelete", "reject"), "nor of accounts"),
    **dict.fromkeys(("person", "email", "password", "factor off"), "nor of accounts"),
    **dict.fromkeys(("manager", "department", "join", "leave", "members"), "nor of their place"),
    **dict.fromkeys(("move department", "delete team"), "nor of the organisation"),
}


def wanted_by(what, *arguments):
    """Give the file's roles after a command, or nothing where no file can say it."""
    stored = {code: spec for code, (_role, spec) in read_roles(read_policy()).items()}
    return WRITE[what](stored, *arguments)


def apply_as(name, roles, *, prune):
    """Apply a file of these roles in somebody's name; a refusal is raised as the command does."""
    with NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        file.write(to_yaml(dump_document(roles.values())))
        file.flush()
        more = ["--prune"] if prune else []
        call_command("policy", "apply", file.name, "--as", name, *more, stdout=StringIO())


def _on_role(change):
    def write(stored, code, *arguments):
        if code not in stored:
            return None  # there it would be a role to make
        return {**stored, code: stored[code].with_changes(**change(stored[code], *arguments))}

    return write


def _create(stored, level, codes, base):
    if "new" in stored:
        return None  # there it would be a role to change
    return {**stored, "new": RoleSpec("new", "New", level=level, base=base, permissions=codes)}


def _delete_role(stored, code, target):
    if target or code not in stored or stored[code].is_system:
        return None  # a file moves nobody, and leaves built-in roles alone that it does not name
    return {other: spec for other, spec in stored.items() if other != code}


def _with(nested, name, value):
    """Set what the module contacts says of one action or field, or take it away."""
    said = {**nested.get("contacts", {}), name: value}
    return {**nested, "contacts": {n: v for n, v in said.items() if v not in (None, frozenset())}}


WRITE = {
    "create": _create,
    "toggle": _on_role(lambda spec, code: {"permissions": spec.permissions ^ {code}}),
    "toggle whole": _on_role(lambda spec, code: {"permissions": spec.permissions ^ {code}}),
    "privilege": _on_role(lambda spec, name: {"privileges": spec.privileges ^ {name}}),
    "scope": _on_role(lambda spec, action, to: {"records": _with(spec.records, action, to)}),
    "field": _on_role(lambda spec, name, level: {"fields": _with(spec.fields, name, level)}),
    "level": _on_role(lambda spec, level: {"level": level}),
    "base": _on_role(lambda spec, base: {"base": base}),
    "second factor": _on_role(lambda spec, asked: {"second_factor": asked}),
    "delete role": _delete_role,
}
