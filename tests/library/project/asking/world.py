"""The people, roles and books of the library."""

from datetime import timedelta

from django.apps import apps
from django.contrib.auth import get_backends, get_user_model
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.utils import timezone
from shelf.models import Book, Branch, Note

from roles.core.specs import RoleSpec
from roles.models import Role, RoleAssignment
from roles.services.assignment import assign_role
from roles.services.installation import make_first_owner
from roles.services.role import create_role
from roles.services.sharing import share_record

PASSWORD = "open sesame"

PEOPLE = {  # name: territory, house, roles
    "olga": ("north", "oak", []),
    "nora": ("north", "elm", ["librarian"]),
    "nils": ("north", "oak", []),
    "sven": ("south", "elm", ["librarian"]),
    "hugo": ("south", "oak", ["lender"]),
    "uma": ("south", "oak", ["rover"]),
    "gita": ("north", "oak", ["librarian", "lender"]),
    "lena": ("", "fir", ["librarian"]),
    "lars": ("", "ash", []),
    "kim": ("", "yew", ["keeper"]),
    "tim": ("north", "elm", []),
    "dora": ("north", "elm", ["librarian"]),
    "susi": ("north", "elm", ["librarian"]),
    "gus": ("north", "elm", []),
    "root": ("", "bay", []),
}
DJANGO_PERMISSIONS = ("view_book", "change_book", "catalogue_book", "view_note")
OWNERS = ("olga", "nora", "nils", "sven", "hugo", "uma", "gita", "lena", "lars")

ROLES = (
    RoleSpec(
        code="lender",
        name="Lender",
        level=10,
        permissions=frozenset({"books.view", "books.lend"}),
        privileges=frozenset({"catalogue.print"}),
        records={"books": {"*": frozenset({"house"})}},
    ),
    RoleSpec(
        code="rover",
        name="Rover",
        level=10,
        permissions=frozenset({"books.view", "books.delete"}),
        records={"books": {"*": frozenset({"territory", "house"}), "delete": frozenset({"own"})}},
    ),
    RoleSpec(
        code="keeper",
        name="Keeper",
        level=10,
        permissions=frozenset({"books.view"}),
        records={"books": {"*": frozenset({"all"})}},
    ),
)


class World:
    """Everyone and everything, by plain names."""

    def __init__(self):
        self.emails = {name: f"{name}@{house}.example" for name, (_t, house, _r) in PEOPLE.items()}
        for name, (territory, _house, _roles) in PEOPLE.items():
            self._make(name, territory)
        self._give_roles()
        self._give_django_permissions()
        self._stand_aside()
        self.books = {name: self._book(name, owner=self.person(name)) for name in OWNERS}
        self.books["nobody's"] = self._book("nobody's")
        self.books["gone"] = self._book(
            "gone", owner=self.person("nora"), withdrawn_at=timezone.now()
        )
        share_record(
            acting_user=self.person("lena"),
            record=self.books["lena"],
            receiver=self.person("hugo"),
            give="edit",
        )
        self.branch = Branch.objects.create(name="Main Street")
        self.note = Note.objects.create(text="a note")

    def person(self, name):
        """Fetch a person as any code might; `None` is somebody who is not signed in."""
        if name is None:
            return AnonymousUser()
        return get_user_model()._default_manager.get(email=self.emails[name])

    def signed_in(self, name):
        """Fetch a person as a session does, or nobody where it would give nobody."""
        if name is None:
            return AnonymousUser()
        return get_backends()[0].get_user(self.person(name).pk) or AnonymousUser()

    def record(self, name):
        """Give a book by its title, the branch or the note."""
        if name is None:
            return None
        return {"the branch": self.branch, "the note": self.note}.get(name) or self.books[name]

    def credentials(self, name):
        """Give what the person types to sign in."""
        field = get_user_model().USERNAME_FIELD
        return {field: name if field == "username" else self.emails[name], "password": PASSWORD}

    def _make(self, name, territory):
        people = get_user_model().objects
        values = {"email": self.emails[name], "password": PASSWORD}
        if apps.is_installed("readers"):
            people.create_user(**values, territory=territory)
            return
        user = people.create_user(username=name, **values)
        if territory:
            apps.get_model("postings.Posting").objects.create(user=user, territory=territory)

    def _give_roles(self):
        owner = self.person("olga")
        make_first_owner(owner)
        for wanted in ROLES:
            create_role(acting_user=owner, wanted=wanted)
        roles = {role.code: role for role in Role.objects.all()}
        for name, (_territory, _house, codes) in PEOPLE.items():
            for code in codes:
                assign_role(acting_user=owner, user=self.person(name), role=roles[code])
        ended = timezone.now() - timedelta(minutes=1)
        RoleAssignment.objects.create(
            user=self.person("tim"), role=roles["librarian"], valid_until=ended
        )

    def _give_django_permissions(self):
        """Give gus, through a group, what a governed and an ungoverned model have of Django."""
        group = Group.objects.create(name="old hands")
        group.permissions.set(Permission.objects.filter(codename__in=DJANGO_PERMISSIONS))
        self.person("gus").groups.add(group)

    def _stand_aside(self):
        people = get_user_model()._default_manager
        people.filter(email=self.emails["dora"]).update(is_active=False)
        people.filter(email=self.emails["root"]).update(is_superuser=True)
        if apps.is_installed("readers"):
            people.filter(email=self.emails["susi"]).update(is_suspended=True)
            staff = [self.emails[name] for name in ("olga", "nora", "hugo")]
            people.filter(email__in=staff).update(is_staff=True)

    def _book(self, title, **values):
        return Book.objects.create(title=title, **values)
