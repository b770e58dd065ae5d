"""What the tests of the engine may ask for."""

from typing import Any

import pytest

from .people import make_people


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    """One person of each kind, by its name."""
    return make_people()
