"""Ask the pages as a browser does: signing in, templates, decorators, Django's admin, costs."""

import re

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from shelf.models import Book

from roles import snapshots
from roles.models import Role


def ask(world):
    """Give what each page says to whom."""
    clients = {name: _signed_in(world, name) for name in ("nora", "hugo", "lars", "dora", "susi")}
    answers = {
        "signed in": {name: client is not None for name, client in clients.items()},
        "book list": {
            name: _words(clients[name].get("/books/")) for name in ("nora", "hugo", "lars")
        },
        "book page": {
            f"{name}, {title}": _said(clients[name].get(f"/books/{world.books[title].pk}/"))
            for name in ("nora", "hugo")
            for title in ("nora", "nils", "sven", "gone")
        },
        "desk": {name: clients[name].get("/lend/").status_code for name in ("nora", "hugo")},
        "put out": _put_out(world, clients["nora"]),
    }
    if apps.is_installed("django.contrib.admin"):
        answers["admin"] = _ask_admin(world)
    return answers


def _signed_in(world, name):
    client = Client(raise_request_exception=False)
    return client if client.login(**world.credentials(name)) else None


def _words(response):
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def _said(response):
    return _words(response) if response.status_code == 200 else response.status_code


def _put_out(world, client):
    """Deactivate somebody who is signed in; their next request finds nobody."""
    people = get_user_model()._default_manager.filter(email=world.emails["nora"])
    people.update(is_active=False)
    status = client.get("/books/").status_code
    people.update(is_active=True)
    return status


def _ask_admin(world):
    olga, nora = _signed_in(world, "olga"), _signed_in(world, "nora")
    role = Role.objects.get(code="librarian")
    new = {"name": "Page", "level": "5", "description": "", "base": "", "privileges": ""}
    listed = nora.get("/admin/shelf/book/").content.decode()
    return {
        "index": nora.get("/admin/").status_code,
        "listed": [title for title in sorted(world.books) if f">{title}</a>" in listed],
        "out of reach": nora.get(_change("shelf/book", world.books["sven"])).status_code,
        "in reach": nora.get(_change("shelf/book", world.books["nils"])).status_code,
        "owner's list": "nils@" in _words(olga.get("/admin/shelf/book/")),
        "roles for nora": nora.get("/admin/roles/role/").status_code,
        "roles": olga.get("/admin/roles/role/").status_code,
        "add role": _inputs(olga.get("/admin/roles/role/add/")),
        "create role": olga.post(
            "/admin/roles/role/add/", new | {"permissions": ["books.view"]}
        ).status_code,
        "created": sorted(
            Role.objects.filter(code="page").values_list("grants__permission", flat=True)
        ),
        "change role": olga.get(_change("roles/role", role)).status_code,
        "delete without trash": olga.post(
            f"/admin/shelf/branch/{world.branch.pk}/delete/", {"post": "yes"}
        ).status_code,
    }


def _change(model, record):
    return f"/admin/{model}/{record.pk}/change/"


def _inputs(response):
    return sorted(re.findall(r'name="permissions" value="([^"]+)"', response.content.decode()))


# What it costs


def ask_costs(world):
    """Count the statements of a request, and of checks on a person fetched anyhow."""
    client = _signed_in(world, "hugo")
    snapshots.cache.clear()
    requests = {"first page": _count(lambda: client.get("/books/"))}
    requests["next page"] = _count(lambda: client.get("/books/"))
    role = Role.objects.get(code="lender")
    role.description = "Changed."
    role.save()
    requests["after a role changed"] = _count(lambda: client.get("/books/"))
    return requests | _costs_of_checks(world)


def _costs_of_checks(world):
    session, anyhow = world.signed_in("hugo"), world.person("hugo")
    everyone = snapshots.annotated(get_user_model()._default_manager.all())
    annotated = everyone.get(email=world.emails["hugo"])
    book = world.books["nils"]
    session.has_perm("books.view")
    return {
        "check, session": _count(lambda: session.has_perm("books.view")),
        "check, annotated": _count(lambda: annotated.has_perm("books.view")),
        "check, any fetch": _count(lambda: anyhow.has_perm("books.view")),
        "record, session": _count(lambda: session.has_perm("books.view", book)),
        "list, session": _count(lambda: list(Book.objects.accessible_by(session))),
        "list, any fetch": _count(lambda: list(Book.objects.accessible_by(anyhow))),
        "names, session": _count(session.get_all_permissions),
    }


def _count(deed):
    with CaptureQueriesContext(connection) as queries:
        deed()
    return len(queries)
