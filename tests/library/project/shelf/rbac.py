from django.contrib.auth import get_user_model

from roles.core.specs import Feature, Module
from roles.registry import BuiltinRole, Scope, Thing, registry


def same_house(user):
    """Give the owners whose e-mail address is of the user's house."""
    house = user.email.rpartition("@")[2]
    people = get_user_model().objects.order_by()
    return people.filter(email__endswith=f"@{house}").values("pk")


registry.register(
    Module(
        code="books",
        label="Books",
        group="Library",
        actions=("view", "create", "edit", "delete"),
        model="shelf.Book",
        owner_field="owner",
        has_record_access=True,
        deleted_field="withdrawn_at",
        share_model="shelf.BookShare",
    ),
    Module(
        code="library",
        label="Branches",
        group="Library",
        actions=("view", "delete"),
        model="shelf.Branch",
    ),
)
registry.register_features(Feature("books.lend", "lend books", "Library", module="books"))
registry.register_scopes(Scope("house", "House", order=20, owners=same_house))
registry.register_things(Thing("shelf.Note", "library.view"))
registry.register_roles(BuiltinRole("librarian", "Librarian", 30, "Keeps the books of a place."))
registry.share(
    "librarian",
    ["library.view", "books.view", "books.create", "books.edit"],
    scopes=["territory"],
)
