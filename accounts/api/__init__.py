"""People over HTTP: users and their roles, teams and departments."""
