"""A whole site in processes of its own, and a process beside it that only asks `has_perm`."""

import fcntl
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60

ASKING = """
import json, sys
import django
django.setup()
from django.contrib.auth import get_user_model
from rbac_site.backends import SiteBackend
for line in sys.stdin:
    username, name = json.loads(line)
    pk = get_user_model().objects.get(username=username).pk
    print(json.dumps(SiteBackend().get_user(pk).has_perm(name)), flush=True)
"""


EXPORTING = """
import io, json, sys
import django
django.setup()
from django.core.management import call_command
for line in sys.stdin:
    (code,), written = json.loads(line), io.StringIO()
    call_command("policy", "export", "--role", code, stdout=written)
    print(json.dumps(written.getvalue()), flush=True)
"""


def environment(database_url: str) -> dict[str, str]:
    """Give the environment of the site's processes."""
    return os.environ | {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "tests.browser.site_settings",
        "DEMO": "1",
        "LOG_LEVEL": "ERROR",
    }


def manage(database_url: str, *args: str) -> str:
    """Run a management command of the site and give what it prints."""
    command = [sys.executable, "manage.py", *args]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(database_url), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def demonstration(folder: Path) -> Path:
    """Give a database with the demonstration in it; of several processes the first makes it."""
    path, done = folder / "demonstration.sqlite3", folder / "demonstration.done"
    with open(folder / "demonstration.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            url = f"sqlite:///{path}"
            manage(url, "migrate", "--verbosity=0")
            manage(url, "load_demo")
            with closing(sqlite3.connect(path)) as rows:
                # What still lies beside the file would not be copied with it.
                rows.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            done.touch()
    return path


@contextmanager
def serving(database_url: str) -> Iterator[str]:
    """Serve the site with two workers; give its address."""
    port = _free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2"),
        *("--host", "127.0.0.1", "--port", str(port), "--log-level", "error"),
        "rbac_site.wsgi:application",
    ]
    server = subprocess.Popen(command, cwd=ROOT, env=environment(database_url))
    try:
        _wait_for(f"http://127.0.0.1:{port}/auth/login/", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


class Beside:
    """A process of the site that runs `script`, keeps running, and answers line by line."""

    script: str

    def __init__(self, database_url: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", self.script],
            cwd=ROOT,
            env=environment(database_url),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, *question: str) -> Any:
        """Ask, and wait for the answer."""
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait(timeout=20)


class Asker(Beside):
    """Answers `has_perm` each time it is asked."""

    script = ASKING

    def has_perm(self, username: str, name: str) -> bool:
        """Ask about a person."""
        return self.ask(username, name)


class Exporter(Beside):
    """Writes roles as `policy export` does, without starting the site anew for each."""

    script = EXPORTING

    def export(self, code: str) -> str:
        """Give a role as a policy file."""
        return self.ask(code)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(url: str, server: subprocess.Popen) -> None:
    until, server_is_up = time.monotonic() + START_SECONDS, Event()
    while time.monotonic() < until:
        assert server.poll() is None, "The server ended before it answered."
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            # Nothing listens yet, and there is nothing to block on until something does.
            server_is_up.wait(0.1)
    raise AssertionError(f"{url} did not answer within {START_SECONDS} s.")
