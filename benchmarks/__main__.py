"""Measure on both databases and rewrite the table of `docs/benchmarks.md`."""

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from . import report
from .databases import DATABASES
from .measure import NAMES
from .rows import Cell, Row


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
    table = report.table({name: found.rows for name, found in results.items()})
    lists = report.lists({name: found.cells for name, found in results.items()})
    print(table, lists, sep="\n\n")
    if wanted.quick or len(results) < len(DATABASES):
        print("\nNot a full run: docs/benchmarks.md stays as it is.", file=sys.stderr)
        return
    versions: dict[str, str] = {}
    for found in results.values():
        versions |= found.versions
    texts = {"figures": table, "lists": lists}
    report.rewrite({k: v for k, v in texts.items() if v}, versions, wanted.only)


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured on one database, and with what."""

    rows: list[Row]
    cells: list[Cell]
    versions: dict[str, Any]


def run_on(database: str, wanted: argparse.Namespace) -> Found | None:
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
    rows, cells = [Row(**row) for row in found["rows"]], [Cell(**one) for one in found["cells"]]
    return Found(rows, cells, found["versions"])


if __name__ == "__main__":
    main()
