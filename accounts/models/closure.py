"""Trees with a closure: who is below whom, read without climbing (R9).

A closure holds a row for each pair of ancestor and descendant, so that a list asks one index
where it would else climb the tree for each record. Rows and links are stored in one transaction;
the roads that could change a parent without the links are closed (`TreeQuerySet`), and
`differences` names what raw SQL left behind.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connections, models, router, transaction

from roles.models.versions import lock_policy

BATCH = 500


@dataclass(frozen=True, slots=True)
class Closure:
    """The links of one tree. `reflexive` ones hold each row as its own descendant, too."""

    parent: str
    links: type[models.Model]
    refusal: Any
    reflexive: bool = False

    @property
    def nodes(self) -> models.QuerySet[Any]:
        """The rows of the tree."""
        return self.links._meta.get_field("descendant").related_model._default_manager.all()  # type: ignore[union-attr]

    def parent_of(self, node: models.Model) -> Any:
        """Give the key of the row directly above."""
        return getattr(node, f"{self.parent}_id")

    def is_written_by(self, fields: Iterable[str] | None) -> bool:
        """Tell whether a save of `fields` (`None` for all) stores the parent."""
        return fields is None or bool({self.parent, f"{self.parent}_id"} & set(fields))

    def refuse_cycle(self, node: models.Model) -> None:
        """Raise `ValidationError` where the parent is the row itself or below it."""
        self._find_cycle(node)

    def _find_cycle(self, node: models.Model, before: Sequence[Any] = ()) -> bool:
        """Refuse one that the parent would make; tell whether one with `before` is stored."""
        parent = self.parent_of(node)
        asked = [pk for pk in (parent, *before) if pk is not None]
        if node.pk is None or not asked:
            return False
        below = self.links._default_manager.filter(ancestor=node.pk, descendant__in=asked)
        found = set(below.values_list("descendant", flat=True))
        if parent is not None and (parent == node.pk or parent in found):
            words = self.refusal % {"name": node, "above": getattr(node, self.parent)}
            raise ValidationError({self.parent: words}, code="cycle")
        return bool(found)

    def follow(self, node: models.Model) -> None:
        """Bring the links of a row that was just stored in line with its parent.

        The row's own lock makes what stands in it ours; under the policy's lock nobody else
        moves anything until our transaction ends, so two moves never make a cycle together.
        """
        direct = self.links._default_manager.filter(descendant=node.pk, depth=1)
        before, parent = list(direct.values_list("ancestor", flat=True)), self.parent_of(node)
        if before == [parent] * (parent is not None):
            return
        lock_policy()
        if self._find_cycle(node, before):
            self.settle([node.pk])  # a cycle was stored: what to cut is not to be told from it
            return
        self._cut(node.pk)
        if parent is not None:
            self._hang(node.pk, parent)

    def settle(self, pks: Sequence[Any]) -> None:
        """Make the links of many stored rows, and of all below them, from the parents anew."""
        lock_policy()
        below = self.links._default_manager.filter(ancestor__in=pks)
        touched = sorted({*pks, *below.values_list("descendant", flat=True)})
        for batch in _batches(touched):
            self.links._default_manager.filter(descendant__in=batch).delete()
            self._climb(batch)
        for batch in _batches(pks):
            self._refuse_cycles(batch)

    def rebuild(self) -> None:
        """Make all links from the parents anew."""
        with transaction.atomic():
            lock_policy()
            self.links._default_manager.all().delete()
            for batch in _batches(list(self.nodes.values_list("pk", flat=True))):
                self._climb(batch)

    def differences(self) -> list[tuple[Any, Any, str]]:
        """Name the pairs (below, above) whose link is missing or has no ground."""
        parents = dict(self.nodes.values_list("pk", self.parent))
        stored = set(self.links._default_manager.values_list("descendant", "ancestor"))
        right = {(pk, above) for pk in parents for above in _above(pk, parents, self.reflexive)}
        return sorted(
            [(*pair, "missing") for pair in right - stored]
            + [(*pair, "groundless") for pair in stored - right]
        )

    def _cut(self, pk: Any) -> None:
        """Take a row and all below it away from all above it."""
        self._run(
            "DELETE FROM {links} WHERE descendant_id IN "
            "(SELECT descendant_id FROM {links} WHERE ancestor_id = %s UNION SELECT %s) "
            "AND ancestor_id IN "
            "(SELECT ancestor_id FROM {links} WHERE descendant_id = %s AND ancestor_id <> %s)",
            [pk, pk, pk, pk],
        )

    def _hang(self, pk: Any, parent: Any) -> None:
        """Put a row and all below it under a parent and all above that."""
        self._run(
            "INSERT INTO {links} (ancestor_id, descendant_id, depth) "
            "SELECT above.id, below.id, above.depth + below.depth + 1 FROM "
            "(SELECT ancestor_id AS id, depth FROM {links} WHERE descendant_id = %s "
            "UNION SELECT %s, 0) AS above, "
            "(SELECT descendant_id AS id, depth FROM {links} WHERE ancestor_id = %s "
            "UNION SELECT %s, 0) AS below WHERE true ON CONFLICT DO NOTHING",
            [parent, parent, pk, pk],
        )

    def _climb(self, pks: Sequence[Any]) -> None:
        """Link rows to all above them, a level a statement; a cycle that is stored ends it."""
        chosen = f"IN ({', '.join(['%s'] * len(pks))})"
        into = "INSERT INTO {links} (ancestor_id, descendant_id, depth) "
        done = " ON CONFLICT DO NOTHING"
        if self.reflexive:
            self._run(f"{into}SELECT id, id, 0 FROM {{nodes}} WHERE id {chosen}{done}", pks)
        level, linked = (
            1,
            self._run(
                f"{into}SELECT {{parent}}, id, 1 FROM {{nodes}} "
                f"WHERE id {chosen} AND {{parent}} IS NOT NULL{done}",
                pks,
            ),
        )
        while linked:
            linked = self._run(
                f"{into}SELECT up.{{parent}}, low.descendant_id, low.depth + 1 "
                f"FROM {{links}} AS low JOIN {{nodes}} AS up ON up.id = low.ancestor_id "
                f"WHERE low.depth = %s AND low.descendant_id {chosen} "
                f"AND up.{{parent}} IS NOT NULL{done}",
                [level, *pks],
            )
            level += 1

    def _refuse_cycles(self, pks: Sequence[Any]) -> None:
        under_itself = models.F(f"ancestor__{self.parent}")
        found = self.links._default_manager.filter(ancestor__in=pks, descendant=under_itself)
        for link in found.select_related("ancestor")[:1]:
            self.refuse_cycle(link.ancestor)

    def _run(self, sql: str, values: Sequence[Any]) -> int:
        nodes = self.nodes.model._meta
        names = {"links": self.links._meta.db_table, "nodes": nodes.db_table}
        names["parent"] = nodes.get_field(self.parent).column
        with connections[router.db_for_write(self.links)].cursor() as cursor:
            cursor.execute(sql.format(**names), list(values))
            return cursor.rowcount


def _batches(pks: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (pks[start : start + BATCH] for start in range(0, len(pks), BATCH))


def _above(pk: Any, parents: dict[Any, Any], reflexive: bool) -> set[Any]:
    """Climb the stored parents; a cycle that is stored ends where it began."""
    found: set[Any] = {pk} if reflexive else set()
    while (parent := parents.get(pk)) is not None and parent not in found:
        found.add(parent)
        pk = parent
    return found


class TreeQuerySet(models.QuerySet):
    """Rows of a tree: what `save` does not see brings the links along, or is refused."""

    def update(self, **kwargs: Any) -> int:
        """Refuse to write a parent: nobody would move the links."""
        self._refuse_parents(kwargs)
        return super().update(**kwargs)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Create, and link what was created."""
        closure, rows = self.model.closure(), list(objs)
        self._refuse_parents(kwargs.get("update_fields") or ())
        placed = [row for row in rows if closure.reflexive or closure.parent_of(row) is not None]
        if placed and kwargs.get("ignore_conflicts"):
            raise TypeError("Rows of a tree that may be left out cannot be linked; save each.")
        with transaction.atomic(using=self.db, savepoint=False):
            made = super().bulk_create(rows, *args, **kwargs)
            if placed:
                closure.settle([row.pk for row in placed])
        return made

    def _refuse_parents(self, fields: Iterable[str]) -> None:
        parent = self.model.closure().parent
        if {parent, f"{parent}_id"} & set(fields):
            raise TypeError(
                f"A new {parent} moves the row with all that is below it (R9), which an update "
                f"does not see: set {parent!r} on the object and save it."
            )


def store_tree(
    parents: Mapping[str, str | None], make: Callable[[str, Any], Any]
) -> dict[str, Any]:
    """Store the rows that `make(key, row above)` gives, a level at a time; give them by key.

    `parents` leads from each key to the one above, and holds no cycle.
    """
    made: dict[str | None, Any] = {None: None}
    while level := [key for key in parents if key not in made and parents[key] in made]:
        rows = [make(key, made[parents[key]]) for key in level]
        made |= zip(level, type(rows[0]).objects.bulk_create(rows), strict=True)
    return {key: made[key] for key in parents}


class InTree(models.Model):
    """A row of a tree, linked in the transaction that stores it."""

    class Meta:
        abstract = True

    @classmethod
    def closure(cls) -> Closure:
        """Give the links of the tree."""
        raise NotImplementedError

    def clean(self) -> None:
        """Explain what `save` would refuse."""
        super().clean()
        self.closure().refuse_cycle(self)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row with its links; a cycle is refused, by any road (R9)."""
        closure, is_new = self.closure(), self._state.adding
        if not closure.is_written_by(kwargs.get("update_fields")):
            super().save(*args, **kwargs)
            return
        alone = self.pk is None and not closure.reflexive and closure.parent_of(self) is None
        with transaction.atomic():
            super().save(*args, **kwargs)
            if is_new and not alone:
                closure.settle([self.pk])
            elif not is_new:
                closure.follow(self)
