"""What every test may ask for."""

from typing import Any

import pytest
from django.conf import settings

from accounts.models import User

from .factories import make_user

ON_POSTGRES = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs PostgreSQL where another database is tested."""
    needs = pytest.mark.skip(reason="needs PostgreSQL: set TEST_DATABASE_URL")
    for item in items:
        if item.get_closest_marker("postgres") and not ON_POSTGRES:
            item.add_marker(needs)


@pytest.fixture(autouse=True)
def _process_that_knows_nothing_yet() -> None:
    """Forget what the test before let this process remember of policy, people and mails."""
    from django.core.cache import cache as counts

    from roles.snapshots import cache

    cache.clear()
    counts.clear()


@pytest.fixture
def owner(db: Any) -> User:
    """A person who holds the role Owner."""
    return make_user("olga", "owner")
