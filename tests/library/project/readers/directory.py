from django.db.models import Q

from roles.core.vocabulary import Standing
from roles.directory import NullDirectory

from .models import Reader


class ReaderDirectory(NullDirectory):
    """Readers can be suspended, which Django knows nothing of."""

    def standing_of(self, user):
        return Standing.DENIED if user.is_suspended else super().standing_of(user)

    def active_people(self):
        return Q(is_active=True, is_suspended=False)

    def build_world(self, world):
        return {
            key: Reader.objects.create(
                email=f"{key}@world.example",
                is_active=person.active,
                is_superuser=person.superuser,
                is_suspended=person.state == "suspended",
            )
            for key, person in world.users.items()
        }
