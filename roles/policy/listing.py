"""The order of a model's list, and the indexes that a list in reach is read by.

A list is sorted as the model's `Meta.ordering` says: by one column and then by the key, both in
one direction, as `["-created_at", "-id"]`. Such an order ends uniquely, so that no row comes
twice on two pages, and two indexes serve it: one that begins with the owner, and one that does
not.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Index, Model

_BTREE = frozenset({"idx", "btree"})


@dataclass(frozen=True, slots=True)
class ListOrder:
    """One column and the key, both `descending` or neither."""

    column: Any
    key: Any
    descending: bool

    @property
    def names(self) -> tuple[str, str]:
        """The order as `order_by` takes it."""
        sign = "-" if self.descending else ""
        return f"{sign}{self.column.name}", f"{sign}{self.key.name}"

    @property
    def direction(self) -> str:
        """The word that SQL has for it."""
        return "DESC" if self.descending else "ASC"


def list_order(model: type[Model]) -> ListOrder | None:
    """Give the order of the model's list; `None` where it is not one column and the key.

    The column is never empty: where empty values go differs between databases.
    """
    ordering: tuple[Any, ...] = tuple(model._meta.ordering or ())
    if len(ordering) != 2 or not all(isinstance(name, str) for name in ordering):
        return None
    columns = {field.name: field for field in model._meta.local_concrete_fields}
    signs = [name.startswith("-") for name in ordering]
    column, key = (columns.get(_name(model, name)) for name in ordering)
    fits = column and key and not column.null and column is not key and key.primary_key
    return ListOrder(column, key, signs[0]) if fits and signs[0] == signs[1] else None


def in_list_order(model: type[Model], order: ListOrder, names: tuple[Any, ...]) -> bool:
    """Tell whether these names, as `order_by` takes them, are the order of the list."""
    given = tuple(name if isinstance(name, str) else "" for name in names)
    signed = tuple(f"{'-' if n.startswith('-') else ''}{_name(model, n)}" for n in given)
    return signed == order.names


def owner_column(model: type[Model], owner_field: str | None) -> Any:
    """Give the model's own column that holds the owner's key; `None` where it has none."""
    columns: dict[str, Any] = {f.name: f for f in model._meta.local_concrete_fields}
    found = columns.get(owner_field or "")
    is_key = found is not None and found.is_relation and found.target_field.primary_key
    return found if is_key else None


def missing_indexes(model: type[Model], order: ListOrder, owner: str) -> list[tuple[str, ...]]:
    """Give the indexes that a list in reach needs and the model does not declare."""
    wanted = [(owner, *order.names), order.names]
    declared = [_columns(index) for index in model._meta.indexes if _is_plain(index)]
    return [names for names in wanted if not any(_serves(one, names) for one in declared)]


def _name(model: type[Model], signed: str) -> str:
    name = signed.removeprefix("-")
    return model._meta.pk.name if name == "pk" else name


def _is_plain(index: Index) -> bool:
    """Tell whether the index holds every row, by columns that can be compared."""
    return index.condition is None and not index.opclasses and index.suffix in _BTREE


def _columns(index: Index) -> tuple[tuple[str, bool], ...]:
    return tuple((name, bool(sign)) for name, sign in index.fields_orders)


def _serves(declared: tuple[tuple[str, bool], ...], names: tuple[str, ...]) -> bool:
    """Tell whether an index begins with these columns, read forwards or backwards.

    Of an owner all rows are equal, so that its direction says nothing.
    """
    wanted = [(name.removeprefix("-"), name.startswith("-")) for name in names]
    begins = list(declared[: len(wanted)])
    if [name for name, _down in begins] != [name for name, _down in wanted]:
        return False
    turned = {
        down != other for (_n, down), (_m, other) in zip(begins[-2:], wanted[-2:], strict=True)
    }
    return len(turned) == 1
