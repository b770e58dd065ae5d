"""Ask `has_perm` in all its forms, and the querysets."""

import asyncio

from django.contrib.auth import get_user_model, load_backend
from shelf.models import Book, Branch, Note

from roles.core.errors import Refused, RolesError
from roles.services.records import change_record, create_record

BACKEND = "roles.backends.RoleBackend"


def ask(world, questions):
    """Give, for each (person, name, record), the answer of each door, sync and async."""
    asked = [
        (how, fetch(name), perm, world.record(record))
        for name, perm, record in questions
        for how, fetch in (("any fetch", world.person), ("session's fetch", world.signed_in))
    ]
    found = [_ask(*one) for one in asked]
    twins = asyncio.run(_ask_twins(asked))
    both = [{**one, **twin} for one, twin in zip(found, twins, strict=True)]
    return [{**first, **second} for first, second in zip(both[::2], both[1::2], strict=True)]


def _ask(how, user, perm, record):
    answers = {how: user.has_perm(perm, record), f"{how}, many": user.has_perms([perm], record)}
    if record is None:
        answers[f"{how}, listed"] = perm in user.get_all_permissions()
    return answers


async def _ask_twins(asked):
    return [await _ask_twin(*one) for one in asked]


async def _ask_twin(how, user, perm, record):
    answers = {
        f"{how}, async": await user.ahas_perm(perm, record),
        f"{how}, many, async": await user.ahas_perms([perm], record),
    }
    # Someone who is not signed in has no async twin of the list in Django 5.2.
    if record is None and not user.is_anonymous:
        answers[f"{how}, listed, async"] = perm in await user.aget_all_permissions()
    return answers


def ask_lists(world, questions):
    """Give, for each (person, action), the titles in the queryset, and those with a yes."""
    return [_ask_list(world, *question) for question in questions]


def _ask_list(world, name, action):
    user = world.person(name)
    listed = Book.objects.accessible_by(user, action)
    return {
        "listed": sorted(book.title for book in listed),
        "chained": sorted(
            Book.objects.filter(title__isnull=False)
            .accessible_by(user, action)
            .order_by("-pk")
            .values_list("title", flat=True)
        ),
        "counted": listed.count(),
        "checked": sorted(
            title for title, book in world.books.items() if user.has_perm(f"books.{action}", book)
        ),
    }


def ask_the_rest(world):
    """Ask about modules, holders, unknown names and writes."""
    return {
        "modules": {
            name: {
                label: [
                    world.person(name).has_module_perms(label),
                    asyncio.run(world.person(name).ahas_module_perms(label)),
                ]
                for label in ("shelf", "books", "library", "roles", "auth", "nowhere")
            }
            for name in ("olga", "nora", "hugo", "lars")
        },
        "holders": {perm: _holders(perm) for perm in ("books.lend", "shelf.add_book", "no.thing")},
        "branches": {
            name: Branch.objects.accessible_by(world.person(name)).count()
            for name in ("nora", "hugo")
        },
        "errors": {
            "unknown action": _name_of(
                lambda: Book.objects.accessible_by(world.person("nora"), "fly")
            ),
            "ungoverned model": _name_of(lambda: Note.objects.accessible_by(world.person("nora"))),
        },
        "writes": _writes(world),
    }


def _holders(perm):
    people = get_user_model()._default_manager
    # A manager of one's own need not have Django's method; the backend has it anyway.
    ask = getattr(people, "with_perm", None)
    found = ask(perm, backend=BACKEND) if ask else load_backend(BACKEND).with_perm(perm)
    return sorted(user.email.partition("@")[0] for user in found)


def _name_of(question):
    try:
        question()
    except (LookupError, RolesError, ValueError) as error:
        return type(error).__name__
    return "answered"


def _writes(world):
    nora = world.person("nora")
    moved = world.books["nora"]
    moved.owner = world.person("sven")
    return {
        "create in reach": _try(create_record, nora, Book(title="n", owner=world.person("nils"))),
        "create out of reach": _try(create_record, nora, Book(title="s", owner=moved.owner)),
        "hand out of reach": _try(change_record, nora, moved),
        "stored": sorted(Book.objects.filter(title__in=["n", "s"]).values_list("title", flat=True)),
        "tidied": Book.objects.filter(title="n").delete()[0],
    }


def _try(service, user, record):
    try:
        service(acting_user=user, record=record)
    except Refused:
        return "refused"
    return "saved"
