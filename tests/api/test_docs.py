"""The examples of docs/api.md are sent, and answered as it says."""

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest
from django.urls import include, path

from roles.core.limits import Limit
from roles.services.tokens import create_token
from tests.factories import make_user

from .people import Asker, make

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()
EXAMPLES = re.findall(r"^(curl .*?) +# (\d{3})$", PAGE, re.MULTILINE)


def send(asker, line, secret):
    """Send what a line of curl would."""
    words = shlex.split(line)[1:]
    given = dict(pairwise(words))
    headers = dict(h.split(": ", 1) for flag, h in pairwise(words) if flag == "-H")
    address = words[-1].removeprefix("$SITE/api/v1/")
    headers = {n: v for n, v in headers.items() if n not in ("Content-Type", "X-CSRFToken")}
    if headers.get("Authorization") == "Bearer $SECRET":
        headers["Authorization"] = f"Bearer {secret}"
    method = given.get("-X", "GET")
    return (asker if "-b" in words else Asker()).ask(method, address, given.get("-d"), **headers)


@pytest.mark.django_db
def test_the_view_that_the_page_writes_answers(settings):
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    made: dict = {"__name__": "page"}
    exec(block, made)
    prefix = [path("api/v1/", include(made["router"].urls))]
    settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": prefix})
    rep = Asker(make_user("rep", "user"))
    make("contacts", "Marlowe", rep.user), make("contacts", "Spade")
    assert rep.names("people/", search="mar") == rep.names("people/") == ["Marlowe"]


@pytest.mark.django_db
def test_every_example_is_answered_as_the_page_says():
    assert len(EXAMPLES) > 12 and PAGE.count("\ncurl ") == len(EXAMPLES)
    rep = Asker(make_user("rep", "owner"))
    make("accounts", "Acme", rep.user, pk=1), make("contacts", "Spade", rep.user, pk=1)
    limit = Limit(frozenset({"contacts.view"}))
    _token, secret = create_token(acting_user=rep.user, name="CI", limit=limit)
    found = [(line, str(send(rep, line, secret).status_code)) for line, _status in EXAMPLES]
    assert found == EXAMPLES
