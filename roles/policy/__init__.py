"""The one place that decides (the PDP): every door asks here, and nothing else decides.

| question | asked with |
| --- | --- |
| may this person do it, on a record where one is given? | `check`, `check_each`, `check_many` |
| on which records? | `accessible`; on which is a field theirs to read: `readable_on` |
| a page of them, however large the table is? | `planned`, `after` |
| what of these records may they read and write? | `field_mask`, `field_masks`, `with_masks` |
| what does the model itself refuse, in words that tell of nothing hidden? | `model_errors` |
| may they read, write or set this? | `check_read`, `check_write`, `check_changes`, `check_create` |
| what may a list be asked about? | `readable_fields`, `masked_value` |
| may they open a record to others by hand? | `check_share`, `names_people`, `offered_teams` |
| what of the log may they see? | `visible_entries`, `seen_entries`, `kinds_in`, `page_of_thing` |
| what lies in the trash of this person? | `trashed`, `trash_masks`, `check_restore` |
| whom and which roles may they administer? | `check` on the person or role, `excess_of_*` |
| what of a role is locked for them? | `locks_for` |
| what of a role can they choose? | `offers_for`, `excess_of_bases` |
| what do they know of roles? | `RoleAsRead`, `policy_as_read`, `role_name` |
| who may? | `holders` |
| by what do they act? | `act_by`, `token_of`, `limit_of` |
| whose tokens may they make and revoke? | `check_make_token`, `revocable_tokens` |
| why? | `explain` |

Decisions are true or false and carry their reason.
"""

from .acting import act_by, as_of_now, as_stored, limit_of, token_of
from .activities import model_of, visible_entries
from .asking import aaccess_for, access_for
from .checks import actions_for, check, check_each, check_many
from .choosing import excess_of_bases, excess_of_moving, offers_for, steps_of_moving
from .constraints import bound_fields, model_errors
from .delegation import (
    excess_of_assignment,
    excess_of_person,
    excess_of_role,
    excess_of_roles,
    excess_of_touching_role,
    is_owner,
    locks_for,
    roles_to_give,
)
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
from .pages import after, planned
from .people import (
    active_people,
    affected_people,
    current_assignments,
    holders,
    secured_holders,
    unended_assignments,
    with_holders,
)
from .ranks import is_administration, lasting_owners, rank_of
from .reach import NEEDS_VIEW, accessible, governing
from .roles_as_read import (
    RoleAsRead,
    access_as_read,
    named_with_level,
    order_of_roles,
    policy_as_read,
    readable_of_roles,
    reads_levels,
    reads_role_names,
    reads_what_roles_give,
    role_as_read,
    role_name,
    role_names,
    unnamed,
    writable_of_roles,
)
from .seeing import Glimpse, Seen, keys_in, reference_of, seen_entries
from .sharing import check_share, names_people, offered_teams
from .things import kinds_in, page_of_thing
from .tokens import MANAGE as MANAGE_TOKENS
from .tokens import check_make_token, revocable_tokens, token_with
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
    "MANAGE_TOKENS",
    "NEEDS_VIEW",
    "UNSENT",
    "Explanation",
    "Glimpse",
    "RoleAsRead",
    "Seen",
    "aaccess_for",
    "access_as_read",
    "access_for",
    "accessible",
    "act_by",
    "actions_for",
    "active_people",
    "affected_people",
    "after",
    "as_of_now",
    "as_stored",
    "bound_fields",
    "check",
    "check_changes",
    "check_create",
    "check_created",
    "check_each",
    "check_make_token",
    "check_many",
    "check_read",
    "check_restore",
    "check_share",
    "check_values",
    "check_write",
    "creatable_fields",
    "current_assignments",
    "everywhere_readable_fields",
    "excess_of_assignment",
    "excess_of_bases",
    "excess_of_moving",
    "excess_of_person",
    "excess_of_role",
    "excess_of_roles",
    "excess_of_touching_role",
    "explain",
    "field_mask",
    "field_masks",
    "governing",
    "holders",
    "is_administration",
    "is_governed",
    "is_owner",
    "keys_in",
    "kinds_in",
    "lasting_owners",
    "limit_of",
    "locks_for",
    "masked_value",
    "model_errors",
    "model_of",
    "named_with_level",
    "names_people",
    "no_such_field",
    "offered_teams",
    "offers_for",
    "order_of_roles",
    "page_of_thing",
    "planned",
    "policy_as_read",
    "possible_owners",
    "rank_of",
    "readable_fields",
    "readable_name",
    "readable_of_roles",
    "readable_on",
    "reads_levels",
    "reads_role_names",
    "reads_what_roles_give",
    "reference_of",
    "resolve",
    "revocable_tokens",
    "role_as_read",
    "role_name",
    "role_names",
    "roles_to_give",
    "secured_holders",
    "seen_entries",
    "shows_unnamed",
    "steps_of_moving",
    "token_of",
    "token_with",
    "trash_masks",
    "trashed",
    "unended_assignments",
    "unnamed",
    "visible_entries",
    "with_holders",
    "with_masks",
    "with_readable",
    "writable_of_roles",
]
