"""Make the first Owner of a new installation."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from roles.core.errors import Refused
from roles.services.installation import make_first_owner


class Command(BaseCommand):
    """Give the role Owner to a user; works only while nobody holds it."""

    help = "Makes the first Owner of a new installation; works only while there is none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the username."""
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        """Find the user and make them Owner."""
        people = get_user_model()._default_manager
        user = people.filter(**{get_user_model().USERNAME_FIELD: username}).first()
        if user is None:
            raise CommandError(
                f"There is no user {username!r}. Make one with `manage.py createsuperuser` first."
            )
        try:
            make_first_owner(user)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{username} is Owner now.")
