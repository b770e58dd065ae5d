"""Measure on both databases and rewrite the table of `docs/benchmarks.md`."""

import argparse
import json
import os
import subprocess
import sys
from typing import Any

from . import report
from .databases import DATABASES
from .measure import NAMES
from .rows import Row


def main() -> None:
    """Run what the options ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few repeats: does it all work?")
    parser.add_argument("--only", choices=NAMES, help="one measure")
    parser.add_argument("--database", choices=DATABASES, help="one database")
    wanted = parser.parse_args()
    results = {
        name: result
        for name in DATABASES
        if wanted.database in (None, name) and (result := run_on(name, wanted))
    }
    table = report.table({name: rows for name, (rows, _versions) in results.items()})
    print(table)
    if wanted.quick or wanted.only or len(results) < len(DATABASES):
        print("\nNot a full run: docs/benchmarks.md stays as it is.", file=sys.stderr)
    else:
        versions: dict[str, str] = {}
        for _rows, found in results.values():
            versions |= found
        report.rewrite(table, versions)


def run_on(database: str, wanted: argparse.Namespace) -> tuple[list[Row], dict[str, Any]] | None:
    """Measure in a new process on a new database; `None`, and why, where there is no server."""
    options = [*(["--quick"] if wanted.quick else [])]
    options += ["--only", wanted.only] if wanted.only else []
    print(f"{database}:", file=sys.stderr, flush=True)
    try:
        with DATABASES[database]() as url:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.measure", *options],
                env=os.environ
                | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"},
                stdout=subprocess.PIPE,
                text=True,
            )
    except OSError as error:
        print(f"  left out: {error}", file=sys.stderr)
        return None
    if done.returncode:
        raise SystemExit(f"Measuring on {database} failed; see above.")
    found = json.loads(done.stdout.splitlines()[-1])
    return [Row(**row) for row in found["rows"]], found["versions"]


if __name__ == "__main__":
    main()
