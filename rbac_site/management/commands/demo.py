"""Everything behind `make demo`: set up, say who may sign in, serve until told to stop."""

import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.models.user import State
from crm.demo.people import NAMED, PASSWORD
from roles.models import Role

HOST = "127.0.0.1"
WORKERS, THREADS = 2, 4
SECONDS_TO_START = 60
SECONDS_TO_STOP = 10
SECONDS_FOR_WORKERS = 2
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))


class Command(BaseCommand):
    """Set the demonstration up and supervise its processes."""

    help = "Sets the demonstration account up in the database and serves it on this machine."
    requires_system_checks = []  # `migrate` checks, once there is something to check

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the port, from the environment if not named."""
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000")

    def handle(self, *args: Any, port: str, **options: Any) -> None:
        """Prepare, announce and serve; what it starts ends with it."""
        for number in STOP_SIGNALS:
            signal.signal(number, _stop)
        number = _port(port)
        _require_free(number)
        self._prepare()
        children = [_start(command) for command in _commands(number)]
        try:
            self._supervise(children, number)
        finally:
            _end(children)

    def _prepare(self) -> None:
        call_command("migrate", verbosity=0, stdout=self.stdout, stderr=self.stderr)
        call_command("load_demo", stdout=self.stdout, stderr=self.stderr)
        collect_static()

    def _supervise(self, children: list[subprocess.Popen], port: int) -> None:
        deadline, announced = time.monotonic() + SECONDS_TO_START, False
        while True:
            if dead := next((child for child in children if child.poll() is not None), None):
                raise CommandError(f"The server ended by itself (exit code {dead.returncode}).")
            if not announced and _answers(port):
                announced = True
                self.stdout.write(_announcement(port))
                self.stdout.flush()
            if not announced and time.monotonic() > deadline:
                raise CommandError(f"The server did not answer within {SECONDS_TO_START} seconds.")
            time.sleep(0.2)


def _stop(number: int, frame: FrameType | None) -> None:
    """End this process the ordinary way, once: further signals find it ending already."""
    for other in STOP_SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise SystemExit(0)


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise CommandError(f"PORT is a number from 1 to 65535, not {text!r}.")
    return int(text)


def _require_free(port: int) -> None:
    """Find out now, before anything is made, whether the port can be had."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be had ({error.strerror}). Stop what uses it, or choose "
                f"another: make demo PORT={port + 1 if port < 65535 else 8000}"
            ) from error


def collect_static() -> None:
    """Collect the static files if they are not the ones collected last."""
    wanted, stamp = _fingerprint(), Path(settings.STATIC_ROOT) / ".collected"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(wanted)


def _fingerprint() -> str:
    """Tell one set of static files from another by their names, sizes and moments."""
    found = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda item: item[0]):
            facts = os.stat(storage.path(name))
            found.update(f"{name}:{facts.st_size}:{facts.st_mtime_ns}\n".encode())
    return found.hexdigest()


def _commands(port: int) -> list[list[str]]:
    """Give the processes that make up the demonstration."""
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--log-level", "warning"]
    server += ["--host", HOST, "--port", str(port), "--workers", str(WORKERS)]
    server += ["--blocking-threads", str(THREADS)]
    # A worker that is told to stop while it starts does not hear it.
    server += ["--workers-kill-timeout", str(SECONDS_FOR_WORKERS)]
    return [[*server, "rbac_site.wsgi:application"]]


def _start(command: list[str]) -> subprocess.Popen:
    """Start a process in a session of its own: Ctrl-C reaches us, and we end it in order."""
    return subprocess.Popen(  # noqa: S603 - our own words only
        command,
        cwd=settings.BASE_DIR,
        env={**os.environ, "DEMO": "1"},
        start_new_session=True,
    )


def _end(children: list[subprocess.Popen]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(SECONDS_TO_STOP)
        # What is left of its group, such as workers whose parent was killed, holds the port.
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _announcement(port: int) -> str:
    """Give the address, and a table of who may sign in."""
    names = dict(Role.objects.values_list("code", "name"))
    rows = [("username", "name", "role")]
    for person in NAMED:
        roles = ", ".join(names.get(held.role, held.role) for held in person.holds)
        if person.state != State.ACTIVE:
            roles = f"{roles} ({person.state.label})"
        if person.may_sign_in:
            rows.append((person.username, person.full_name, roles))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    table = "\n".join(f"  {row[0]:{widths[0]}}  {row[1]:{widths[1]}}  {row[2]}" for row in rows)
    return (
        f"\nWho may sign in (the password of all is {PASSWORD}):\n\n{table}\n\n"
        f"The demonstration is at http://{HOST}:{port}/ (Ctrl-C stops it)."
    )
