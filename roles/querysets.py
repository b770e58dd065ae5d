"""The queryset of every governed model: which records `has_perm` says yes to."""

from typing import Any, Self

from django.db import models

from . import policy


class GovernedQuerySet(models.QuerySet):
    """Records that the access model governs; inherit your model's queryset from it."""

    def accessible_by(self, user: Any, action: str = "view") -> Self:
        """Keep the records on which `user.has_perm(f"{module}.{action}", record)` says yes (R22).

        An unknown action, or a model that no module governs, is an error (R21).
        """
        module = policy.governing(self.model)
        if action not in module.actions:
            raise ValueError(
                f"{module.code!r} has no action {action!r}; it has {', '.join(module.actions)}."
            )
        return policy.accessible(self, user, action)
