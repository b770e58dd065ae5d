"""The HTTP endpoints about the access system itself; they need the extra `api`."""
