"""A production server does not start with demonstration settings; the twin starts."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from accounts.models import User
from rbac_site.guard import refuse_unsafe_start
from rbac_site.settings import DEVELOPMENT_SECRET

pytestmark = pytest.mark.django_db
SAFE = {"SECRET_KEY": "long and random", "DEBUG": False, "DEMO": False, "DEVELOPMENT": False}
SAFE |= {"ALLOWED_HOSTS": [".example.com"]}


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("SECRET_KEY", DEVELOPMENT_SECRET, "SECRET_KEY"),
        ("DEBUG", True, "DEBUG"),
        ("ALLOWED_HOSTS", ["crm.example.com", "*"], "ALLOWED_HOSTS"),
    ],
)
def test_it_refuses_unsafe_settings_and_names_them(setting, value, words):
    with (
        override_settings(**SAFE | {setting: value}),
        pytest.raises(ImproperlyConfigured, match=words),
    ):
        refuse_unsafe_start()


@pytest.mark.parametrize(("username", "email"), [("rep", ""), ("renamed", "rep@example.com")])
def test_it_refuses_a_loaded_demonstration(username, email):
    User.objects.create_user(username, email, password="demo")
    with override_settings(**SAFE), pytest.raises(ImproperlyConfigured, match="demonstration"):
        refuse_unsafe_start()


def test_it_starts_with_safe_settings_and_people_of_its_own():
    User.objects.create_user("rep", password="a password of their own")
    User.objects.create_user("zoe", "zoe@example.org", password="demo")
    with override_settings(**SAFE):
        assert refuse_unsafe_start() is None


@pytest.mark.parametrize("mode", ["DEMO", "DEVELOPMENT"])
def test_a_demonstration_and_a_developer_s_machine_start(mode):
    User.objects.create_user("rep", password="demo")
    with override_settings(**SAFE | {mode: True, "SECRET_KEY": DEVELOPMENT_SECRET}):
        assert refuse_unsafe_start() is None
