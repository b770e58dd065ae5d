"""Write policy files for a test, and run `manage.py policy` on them."""

import json
from io import StringIO
from tempfile import NamedTemporaryFile

from django.core.management import call_command


def document(*roles):
    """Give a policy file of roles that are given as their keys, or as (code, keys)."""
    return {"version": 1, "roles": [row(role) for role in roles]}


def row(role):
    """Give a role of a file; its name is made of its code."""
    return {"name": role["code"].replace("-", " ").title(), **role}


def run(verb, written, *arguments):
    """Run a verb on a document; give what it says. What it refuses is raised."""
    out = StringIO()
    with NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(written, file)
        file.flush()
        call_command("policy", verb, file.name, *arguments, stdout=out, stderr=out)
    return out.getvalue()


def apply(written, *arguments):
    """Apply a document; give what the command says that it changed."""
    return run("apply", written, *arguments)


def diff(written, *arguments):
    """Give the exit code of `policy diff` and what it says."""
    out = StringIO()
    try:
        with NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(written, file)
            file.flush()
            call_command("policy", "diff", file.name, *arguments, stdout=out, stderr=out)
    except SystemExit as exit_:
        return exit_.code, out.getvalue()
    return 0, out.getvalue()


def changes_anything(written, *arguments):
    """Tell whether applying the document would change anything."""
    return bool(diff(written, *arguments)[0])


def export(*, as_json=False):
    """Give what `policy export` writes, as YAML or as JSON."""
    if not as_json:
        out = StringIO()
        call_command("policy", "export", stdout=out)
        return out.getvalue()
    with NamedTemporaryFile("r", suffix=".json", encoding="utf-8") as file:
        call_command("policy", "export", "--output", file.name)
        return file.read()
