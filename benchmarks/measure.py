"""One database measured in a process of its own; the result is JSON on the standard output."""

import argparse
import json
import platform
from importlib.metadata import version
from typing import Any

NAMES = ("a", "a2", "b", "b2", "e", "c", "processes", "f")


def main() -> None:
    """Set Django up, fill the database of `DATABASE_URL` and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=NAMES)
    wanted = parser.parse_args()
    import django

    django.setup()
    from django.core.management import call_command

    from . import suite, world  # models can be imported only now

    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # the peers' tables, which need those
    world.build()
    rows, cells = suite.run(wanted.only, quick=wanted.quick)
    found = {"rows": [row.as_json() for row in rows], "cells": [cell.as_json() for cell in cells]}
    print(json.dumps(found | {"versions": versions()}))


def versions() -> dict[str, Any]:
    """Give what the figures depend on, as this process finds it."""
    import django
    from django.db import connection

    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    numbers = connection.get_database_version()
    return {
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "django-guardian": version("django-guardian"),
        name: ".".join(str(number) for number in numbers),
    }


if __name__ == "__main__":
    main()
