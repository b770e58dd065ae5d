"""Let somebody in again who lost their second factor and its recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.second_factor import remove_second_factor
from roles.core.errors import Paused


class Command(BaseCommand):
    """Take the second factor off one account; its password stays."""

    help = (
        "Takes the second factor and its recovery codes off an account. Logged, and mailed to them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the username."""
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        """Do it, or say why not."""
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no user {username!r}.")
        try:
            had_one = remove_second_factor(user=user)
        except Paused as pause:
            raise CommandError(str(pause)) from pause
        if not had_one:
            raise CommandError(f"{username} has no second factor.")
        self.stdout.write(f"{username} signs in with the password alone.")
