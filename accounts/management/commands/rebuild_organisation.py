"""Make the links of departments and the reporting line anew."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import Department, User


class Command(BaseCommand):
    """Mend what rows written past the models left behind (`accounts.W001`)."""

    help = "Makes the links of departments and the reporting line anew from what is stored."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild both, and tell what differed."""
        for what, model in (("departments", Department), ("the reporting line", User)):
            count = len(model.closure().differences())
            model.closure().rebuild()
            self.stdout.write(f"Links of {what}: {count} mended.")
