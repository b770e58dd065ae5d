"""What accounts announces, always after the transaction has committed."""

from django.dispatch import Signal

person_changed = Signal()
"""A person was made, changed, moved or let in or out: `user_id`, `action`, `acting_user`."""

organisation_changed = Signal()
"""A team or department was made, changed or deleted: `kind`, `code`, `action`, `acting_user`."""
