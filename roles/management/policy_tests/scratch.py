"""A database beside the installation's, made as Django's test runner makes them."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections


@contextmanager
def scratch_database(alias: str = "default") -> Iterator[None]:
    """Point `alias` at a new, migrated database for the block, and drop it afterwards."""
    connection = connections[alias]
    old_name = connection.settings_dict["NAME"]
    test_settings = connection.settings_dict["TEST"]
    if connection.vendor != "sqlite":
        # Two runs at once must not meet in one database.
        test_settings["NAME"] = f"policy_test_{os.getpid()}_{secrets.token_hex(4)}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(old_name, verbosity=0)
        # A connection to memory does not close while its database is in memory.
        connection.close()
