"""Habit 13: the migrations say what the models are, and can go back."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from roles.models import PolicyVersion, Role
from roles.registry import registry
from tests.factories import fetch, make_role, make_user


@pytest.mark.django_db
@pytest.mark.parametrize("app", ["roles", "accounts", "crm"])
def test_the_migrations_are_those_of_the_models(app, capsys):
    call_command("makemigrations", app, "--check", "--dry-run")
    assert "No changes detected" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_roles_can_be_migrated_away_and_back():
    def tables():
        return {t for t in connection.introspection.table_names() if t.startswith("roles_")}

    before = tables()
    assert "roles_role" in before
    make_user("ann", make_role("rep", permissions="leads.view"))
    try:
        call_command("migrate", "roles", "zero", verbosity=0)
        assert tables() == set()
        assert not MigrationRecorder(connection).migration_qs.filter(app="roles").exists()
    finally:
        call_command("migrate", verbosity=0)
    assert tables() == before
    assert set(Role.objects.values_list("code", flat=True)) == registry.builtin_roles.keys()
    assert PolicyVersion.objects.count() == 1
    assert fetch(make_user("ben", "user")).has_perm("leads.view")
