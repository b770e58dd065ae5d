"""What roles announces, always after the transaction has committed."""

from django.dispatch import Signal

role_changed = Signal()
"""A role was created, changed or deleted: `role_code`, `action`, `acting_user`."""

assignment_changed = Signal()
"""A role was given to a person or taken back: `user_id`, `role_code`, `action`, `acting_user`."""
