"""Which fields of which records: masks by record, and what a list may be asked about (R10, R16)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, F, Model, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from ..core.access import Access
from ..core.decisions import Decision, allow, conceal
from ..core.errors import UnknownName
from ..core.fields import NO_FIELDS, FieldMask, fields_at, fields_everywhere_at, mask_of
from ..core.specs import Module
from ..core.vocabulary import EVERY_FIELD, FieldLevel
from ..registry import registry
from .asking import access_for
from .reach import Question, Reach, Roles, governing, reached_by, roles_for

_MASKED = ("view", "edit")


def field_mask(user: Any, record: Model) -> FieldMask:
    """Give what `user` may read and write of a stored record as it stands now; one query.

    What the instance holds in memory decides nothing: its owner may be the one that is asked for.
    """
    return _Masks(user, governing(type(record))).of_stored(record)


def field_masks(user: Any, records: Iterable[Model]) -> dict[Any, FieldMask]:
    """Give the mask of each record of a page by primary key, with at most one query (R16, R17).

    The records are of one model. None is left out: what is out of reach has an empty mask.
    Records that `with_masks` read cost no query, and are answered as they were when read.
    """
    page = list(records)
    if not page:
        return {}
    masks = _Masks(user, governing(type(page[0])))
    return masks.of(page)


def masks_in(user: Any, module: Module, page: list[Model]) -> dict[Any, FieldMask]:
    """Give `field_masks` of records that are asked about as `module` has them, not as stored."""
    return _Masks(user, module).of(page)


def with_masks(queryset: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Let a page's own query bring along what `field_masks` needs: then it adds none.

    One column for each distinct set of scopes among the user's roles for view and edit.
    """
    return _Masks(user, governing(queryset.model)).question.beside(queryset)


class _Masks:
    """One person's masks of one module's records; each combination of roles is worked out once."""

    def __init__(self, user: Any, module: Module) -> None:
        access = access_for(user)
        self._module = module.code
        self._fields = tuple(registry.fields_of(module))
        self._viewing, self._editing = (roles_for(access, module, a) for a in _MASKED)
        both = self._viewing + self._editing if self._viewing else ()
        self.question = Question.of(user, module, both, _MASKED if both else ())
        self._known: dict[tuple[tuple[str, ...], ...], FieldMask] = {}

    def of(self, page: list[Model]) -> dict[Any, FieldMask]:
        answers = self.question.answers(page)
        return {
            record.pk: self._mask(answers[record.pk]) if record.pk in answers else NO_FIELDS
            for record in page
        }

    def of_stored(self, record: Model) -> FieldMask:
        reach = self.question.stored(record)
        return NO_FIELDS if reach is None else self._mask(reach)

    def _mask(self, reach: Reach) -> FieldMask:
        viewing, editing = reach.of(self._viewing, "view"), reach.of(self._editing, "edit")
        key = tuple(tuple(role.code for role in roles) for roles in (viewing, editing))
        if key not in self._known:
            self._known[key] = mask_of(self._module, self._fields, viewing=viewing, editing=editing)
        return self._known[key]


def check_read(user: Any, record: Model, field: str) -> Decision:
    """Decide whether `user` may read `field` of the record (R16, R21)."""
    if field in field_mask(user, record).readable:
        return allow(f"A role that reaches the record for view shows {field} (R16).")
    return conceal(f"No role that reaches the record for view shows {field} (R16).")


def readable_fields(user: Any, module: Module) -> frozenset[str]:
    """Give the fields that `user` may read on some records, if there are any in their reach.

    A list has these columns, filters and orders; each row may show fewer of them (R16). Any
    other name is to be answered as one that does not exist (R23).
    """
    viewing = _alone(roles_for(access_for(user), module, "view"))
    return fields_at(FieldLevel.READ_ONLY, viewing, module.code, registry.fields_of(module))


def everywhere_readable_fields(user: Any, module: Module) -> frozenset[str]:
    """Give the fields that `user` may read on every record that they may view at all."""
    viewing = _alone(roles_for(access_for(user), module, "view"))
    return fields_everywhere_at(
        FieldLevel.READ_ONLY, viewing, module.code, registry.fields_of(module)
    )


def shows_unnamed(user: Any, module: Module) -> bool:
    """Tell whether every role that lets `user` view the module shows what no role can name.

    Such are the columns that the database fills; `*` stands for them as for later fields (R10).
    """
    viewing = _alone(roles_for(access_for(user), module, "view"))
    return bool(fields_everywhere_at(FieldLevel.READ_ONLY, viewing, module.code, [EVERY_FIELD]))


def creatable_fields(user: Any, module: Module) -> frozenset[str]:
    """Give the fields that `user` may set on a new record of their own (R17)."""
    creating = _alone(roles_for(access_for(user), module, "create"))
    return fields_at(FieldLevel.EDITABLE, creating, module.code, registry.fields_of(module))


def _alone(roles: Roles) -> list[Any]:
    return [role for _scopes, role in roles]


def readable_on(queryset: QuerySet[Any], user: Any, field: str) -> QuerySet[Any]:
    """Keep the records on which `user` may read `field` (R16).

    A field that is hidden everywhere is an error, the same as one that does not exist (R23).
    """
    module = governing(queryset.model)
    return queryset.filter(_readable_q(user, access_for(user), module, field))


def masked_value(user: Any, model: type[Model], field: str) -> Combinable:
    """Give `field` as `user` may read it, to filter, order, group or search by (R16, R23).

    Records on which it may not be read count as empty. A field that is hidden everywhere is an
    error, the same as one that does not exist, and so is one that has many values: to join them
    would double the record, and to ask by one would lead to what is out of reach (R24). Use it on
    records in view reach, under a name of your own:
    `queryset.alias(_phone=masked_value(user, Contact, "phone"))`.
    """
    module = governing(model)
    readable = _readable_q(user, access_for(user), module, field)
    column = model._meta.get_field(field)
    if column.many_to_many or column.one_to_many:
        raise UnknownName(
            _("“%(field)s” has many values: nothing is filtered or ordered by it.")
            % {"field": field}
        )
    if field in everywhere_readable_fields(user, module):
        return F(field)
    return Case(When(readable, then=F(field)), default=_empty(column), output_field=_like(column))


def with_readable(queryset: QuerySet[Any], user: Any, fields: Iterable[str]) -> QuerySet[Any]:
    """Let `queryset` be filtered, searched and ordered by `readable_name(field)` of `fields`.

    What has many values is left out: nothing is asked by it.
    """
    model = queryset.model
    single = {field.name for field in model._meta.concrete_fields} & set(fields)
    values = {readable_name(field): masked_value(user, model, field) for field in sorted(single)}
    asked: QuerySet[Any] = queryset.alias(**values) if values else queryset
    return asked


def readable_name(lookup: str) -> str:
    """Give the name under which `with_readable` has the value of a field; lookups may follow."""
    return f"readable_{lookup}"


def _readable_q(user: Any, access: Access, module: Module, field: str) -> Q:
    showing = tuple(
        (scopes, role)
        for scopes, role in roles_for(access, module, "view")
        if role.level_of_field(module.code, field) >= FieldLevel.READ_ONLY
    )
    if not showing or field not in registry.fields_of(module):
        raise UnknownName(no_such_field(field))
    return reached_by(user, module, "view", showing)


def no_such_field(field: str) -> str:
    """Say that there is no such field: of a hidden one too, in the same words (R17, R23)."""
    return _("There is no field “%(field)s”.") % {"field": field}


def _empty(column: Any) -> Any:
    return Value("") if column.empty_strings_allowed and not column.null else Value(None)


def _like(column: Any) -> Any:
    """Give a field whose values compare as the column's do, a reference as the key it holds."""
    return column.target_field if column.is_relation else column
