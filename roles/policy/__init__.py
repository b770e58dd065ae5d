"""The one place that decides (the PDP): every door asks here, and nothing else decides.

| question | asked with |
| --- | --- |
| may this person do it, on a record where one is given? | `check`, `check_each`, `check_many` |
| on which records? | `accessible`; on which is a field theirs to read: `readable_on` |
| what of these records may they read and write? | `field_mask`, `field_masks`, `with_masks` |
| may they read, write or set this? | `check_read`, `check_write`, `check_changes`, `check_create` |
| what may a list be asked about? | `readable_fields`, `masked_value` |
| may they open a record to others by hand? | `check_share`, `offered_people`, `offered_teams` |
| what lies in the trash of this person? | `trashed`, `trash_masks`, `check_restore` |
| who may? | `holders` |
| why? | `explain` |

Decisions are true or false and carry their reason.
"""

from .asking import aaccess_for, access_for
from .checks import actions_for, check, check_each, check_many
from .explaining import Explanation, explain
from .fields import (
    check_read,
    creatable_fields,
    everywhere_readable_fields,
    field_mask,
    field_masks,
    masked_value,
    no_such_field,
    readable_fields,
    readable_name,
    readable_on,
    shows_unnamed,
    with_masks,
    with_readable,
)
from .names import is_governed, resolve
from .people import (
    active_people,
    affected_people,
    current_assignments,
    holders,
    require_owner,
    require_owner_now,
    unended_assignments,
    why_not_administer,
)
from .reach import FORBIDS_UNTIL_DELEGATION, NEEDS_VIEW, accessible, governing
from .sharing import check_share, offered_people, offered_teams
from .trash import check_restore, trash_masks, trashed
from .writes import (
    UNSENT,
    check_changes,
    check_create,
    check_created,
    check_values,
    check_write,
    possible_owners,
)

__all__ = [
    "FORBIDS_UNTIL_DELEGATION",
    "NEEDS_VIEW",
    "UNSENT",
    "Explanation",
    "aaccess_for",
    "access_for",
    "accessible",
    "actions_for",
    "active_people",
    "affected_people",
    "check",
    "check_changes",
    "check_create",
    "check_created",
    "check_each",
    "check_many",
    "check_read",
    "check_restore",
    "check_share",
    "check_values",
    "check_write",
    "creatable_fields",
    "current_assignments",
    "everywhere_readable_fields",
    "explain",
    "field_mask",
    "field_masks",
    "governing",
    "holders",
    "is_governed",
    "masked_value",
    "no_such_field",
    "offered_people",
    "offered_teams",
    "possible_owners",
    "readable_fields",
    "readable_name",
    "readable_on",
    "require_owner",
    "require_owner_now",
    "resolve",
    "shows_unnamed",
    "trash_masks",
    "trashed",
    "unended_assignments",
    "why_not_administer",
    "with_masks",
    "with_readable",
]
