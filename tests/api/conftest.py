"""What every test of the API may ask for."""

import pytest

from .people import Asker, person


@pytest.fixture
def sam(db) -> Asker:
    """Someone with the built-in role User: v c e on the seven modules, own records."""
    return person("sam", "user")


@pytest.fixture
def olga(db) -> Asker:
    """An Owner."""
    return person("olga", "owner")
