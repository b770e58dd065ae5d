"""Load the demonstration account."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.demo.loading import InUse, is_loaded, load_demonstration
from roles.core.errors import Invalid


class Command(BaseCommand):
    """Load the demonstration account into an installation that nobody uses yet."""

    help = (
        "Loads the demonstration account, whose passwords everybody knows, if there are no "
        "users yet. A second run changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it, or say why not."""
        if is_loaded():
            self.stdout.write("The demonstration account is loaded already; nothing changed.")
            return
        try:
            counts = load_demonstration()
        except InUse as problem:
            raise CommandError(
                "This database has users who are not of the demonstration; nothing was loaded. "
                "Choose another database with DATABASE_URL."
            ) from problem
        except Invalid as problem:
            raise CommandError(
                f"A sample role could not be made; nothing was loaded: {problem}"
            ) from problem
        told = ", ".join(f"{count} {what}" for what, count in counts.items())
        self.stdout.write(f"The demonstration account is loaded: {told}.")
