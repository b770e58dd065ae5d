"""Write past everything that Python checks, and see what the database says."""

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction


@contextmanager
def refused():
    """Expect the database to refuse what the block writes, at once or at the end."""
    with pytest.raises(IntegrityError), transaction.atomic():  # noqa: PT012
        yield
        connection.check_constraints()


def store(model, **values):
    """Write a row past `save`, `clean` and every form."""
    return model.objects.bulk_create([model(**values)])[0]
