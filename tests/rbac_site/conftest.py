"""Browsers of people with the roles that a page is looked at with."""

import pytest
from django.test import Client

from tests.factories import make_user


@pytest.fixture
def browse(db):
    """Give a browser in which a person with these roles is signed in, and the person with it."""

    def open_for(*roles, username="ann", **values) -> Client:
        client = Client()
        client.user = make_user(username, *roles, **values)
        client.force_login(client.user)
        return client

    return open_for
