"""The three sides of every comparison, each with a session from the sign-in page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpRequest
from django.test import Client, override_settings

from .timing import cpu_seconds_of, seconds_of
from .world import PASSWORD

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Side:
    """Backends, and the page that is asked."""

    name: str
    backends: tuple[str, ...]
    page: str

    @contextmanager
    def active(self) -> Iterator[None]:
        """Answer with this side's backends."""
        with override_settings(AUTHENTICATION_BACKENDS=list(self.backends)):
            yield


FLOOR = Side("floor", (MODEL_BACKEND,), "unchecked")
OURS = Side("ours", tuple(settings.AUTHENTICATION_BACKENDS), "checked")
DJANGO = Side("django", (MODEL_BACKEND,), "checked")
SIDES = {side.name: side for side in (FLOOR, OURS, DJANGO)}


class Visitor:
    """Someone who is signed in on one side and asks for its page."""

    def __init__(self, side: Side, session_key: str) -> None:
        self.side, self.session_key = side, session_key
        self._client = Client()
        self._client.cookies[settings.SESSION_COOKIE_NAME] = session_key

    def page(self, name: str) -> tuple[float, bool]:
        """Time the page and give its answer too."""
        return self._timed(self._get, name)

    def bare(self, name: str) -> tuple[float, bool]:
        """Time the session, the user fetch and the check alone, without a page around them."""
        return self._timed(self._ask, name)

    def _timed(self, ask: Callable[[str], bool], name: str) -> tuple[float, bool]:
        """Take the processor's time where the database works in this process, else the clock's."""
        seconds = cpu_seconds_of if connection.vendor == "sqlite" else seconds_of
        answers: list[bool] = []
        with self.side.active():
            took = seconds(lambda: answers.append(ask(name)))
        return took, answers[0]

    def _ask(self, name: str) -> bool:
        """Do what a page does between the cookie and the first answer."""
        request = HttpRequest()
        request.session = SessionStore(self.session_key)
        user: Any = get_user(request)
        return user.is_authenticated if self.side is FLOOR else user.has_perm(name)

    def _get(self, name: str) -> bool:
        response = self._client.get(f"/{self.side.page}/{name}/")
        if response.status_code != 200:
            raise AssertionError(f"{self.side.name} answered {response.status_code}.")
        return response.content == b"yes"


def sign_in(side: Side, username: str) -> Visitor:
    """Sign in through the site's page and make sure that the session names the side's backend."""
    client = Client()
    with side.active():
        client.post("/auth/login/", {"login": username, "password": PASSWORD})
        named = client.session.get(BACKEND_SESSION_KEY)
    if named not in side.backends:
        raise AssertionError(f"Signing in on side {side.name} left a session of {named!r}.")
    return Visitor(side, client.session.session_key)


def sign_in_everywhere(username: str) -> dict[str, Visitor]:
    """Give a visitor on every side, by its name."""
    return {name: sign_in(side, username) for name, side in SIDES.items()}
