"""Run every test on SQLite and on PostgreSQL; `make test` and `make test-all` call this.

What the tests need of the machine is installed here where that is possible, and otherwise named
in one line. With CI=true nothing may be missing. Arguments go to pytest, but `-m`, which is
joined with our own conditions, and `--no-parallel`.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg

DEFAULT_DATABASE = "postgres://postgres@127.0.0.1:5432/test"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
APT = (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "-y", "chromium"])
IN_CI = os.environ.get("CI") == "true"
PASSED, NOTHING_RAN = 0, 5
QUICK = "not slow"
BROWSER = "tests/browser"
ASKS_NO_DATABASE = (
    "tests/architecture",
    "tests/core",
    "tests/laws/test_oracle.py",
    "tests/laws/test_oracle_records.py",
    "tests/laws/test_worlds.py",
)
"""What is the same on every database, and so is tested once."""
ON_SQLITE_IN_HASTE = (
    "tests/admin/test_grid.py",
    "tests/admin/test_impact_words.py",
    "tests/admin/test_role_advice.py",
    "tests/admin/test_role_form.py",
    "tests/admin/test_role_locks.py",
    "tests/admin/test_role_second_factor.py",
    "tests/admin/test_role_start.py",
    "tests/api/test_schema.py",
    "tests/attacks/test_doors_of_role_fields.py",
    "tests/crm/test_demo.py",
    "tests/laws/test_door_commands.py",
    "tests/laws/test_limits.py",
    "tests/roles/test_checks.py",
)
"""Long, and about words and forms: what they ask of a database, others ask of PostgreSQL too."""
ON_POSTGRES_IN_HASTE = ("tests/api/test_every_address.py", "tests/api/test_order_of_answers.py")
"""Long, and about odd values, which PostgreSQL takes fewer of than SQLite."""


def main() -> int:
    """Check the floors, then test on each database; give the exit code."""
    options, rest = _arguments()
    postgres, browser = find_postgres(), find_browser()
    if IN_CI and not (postgres and browser):
        return 1
    if not floors_hold():
        return 1
    whole = not any(part.startswith("tests") for part in rest)
    haste = whole and options.marker == QUICK
    if options.parallel:
        # The browser's tests are few and long: whoever is done takes from the other's.
        rest = ["-n", "2", "--dist", "worksteal", *rest]
    quiet = f"({options.marker}) and not browser"
    left = (BROWSER, *(ON_POSTGRES_IN_HASTE if haste and postgres else ()))
    codes = {"SQLite": run_pytest(rest + without(left), quiet)}
    if browser:
        # In processes of their own: a browser's event loop stays, and others' tests refuse one.
        mine = [BROWSER] if whole else []
        codes["Chromium"] = run_pytest(rest + mine, f"({options.marker}) and browser", "Chromium")
    if postgres:
        left = (BROWSER, *ASKS_NO_DATABASE, *(ON_SQLITE_IN_HASTE if haste else ()))
        codes["PostgreSQL"] = run_pytest(rest + without(left), quiet, address=postgres)
    return verdict(codes)


def without(paths: tuple[str, ...]) -> list[str]:
    """Give pytest's arguments that leave these files out."""
    return [f"--ignore={path}" for path in paths]


def verdict(codes: dict[str, int]) -> int:
    """Join pytest's exit codes; a database for which nothing was chosen is no failure."""
    failed = {name: code for name, code in codes.items() if code not in (PASSED, NOTHING_RAN)}
    if failed:
        # Not on standard output, where pytest's own closing line stays the last.
        print(f"FAILED on {' and '.join(failed)}.", file=sys.stderr)
        return max(failed.values())
    return min(codes.values())


def _arguments() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(prog="make test ARGS=…", allow_abbrev=False, add_help=False)
    parser.add_argument("-m", dest="marker", default=QUICK)
    parser.add_argument("--no-parallel", dest="parallel", action="store_false")
    return parser.parse_known_args()


def say(line: str) -> None:
    """Print at once, so that it stands before what pytest prints."""
    print(line, flush=True)


def find_postgres() -> str | None:
    """Give the address of a PostgreSQL that answers, and say which databases are tested."""
    named = os.environ.get("TEST_DATABASE_URL")
    address = named or DEFAULT_DATABASE
    problem = _why_not(address)
    if problem is None:
        say("Testing on SQLite and PostgreSQL.")
        return address
    where = "at TEST_DATABASE_URL" if named else "at 127.0.0.1:5432"
    if IN_CI:
        say(f"FAILED: no PostgreSQL {where} ({problem}); CI needs one.")
    else:
        say(f"Testing on SQLite only: no PostgreSQL {where} ({problem}).")
    return None


def _why_not(address: str) -> str | None:
    """Try the database, and the one that every server has: the test database is made anyway."""
    problem, address = "", f"postgresql://{address.partition('://')[2]}"
    for more in ({}, {"dbname": "postgres"}):
        try:
            psycopg.connect(address, connect_timeout=2, **more).close()
        except psycopg.Error as error:
            lines = str(error).strip().splitlines()
            problem = lines[0] if lines else type(error).__name__
        else:
            return None
    return problem


def find_browser() -> bool:
    """Tell whether there is a Chromium, installing it where we may."""
    if _browser():
        return True
    may_install = shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0
    if may_install:
        say("Installing Chromium for the browser tests.")
        _install_browser()
    if _browser():
        return True
    if IN_CI:
        say("FAILED: no Chromium; CI needs one for the browser tests.")
    else:
        say("Browser tests are skipped: no Chromium. Install it (apt-get install chromium).")
    return False


def _browser() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def _install_browser() -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in APT:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            say(f"{' '.join(command)} failed: {(done.stderr.strip().splitlines() or [''])[-1]}")
            return


def floors_hold() -> bool:
    """Check that every floor imports only floors below it."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    if done.returncode:
        say(f"{done.stdout}{done.stderr}\nFAILED: lint-imports.")
    return done.returncode == 0


def run_pytest(arguments: list[str], marker: str, what: str = "", address: str = "") -> int:
    """Run pytest on PostgreSQL at `address`, or on SQLite."""
    say(f"\nTests on {what or ('PostgreSQL' if address else 'SQLite')}")
    environment = {**os.environ, "TEST_DATABASE_URL": address}
    command = [sys.executable, "-m", "pytest", *arguments, "-m", marker]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
