"""Run the examples of docs/adopting.md in their order, as somebody would who follows the page."""

import ast

from django.contrib.auth import get_user_model
from shelf.models import Book

from roles.models import Role


def run(blocks):
    """Give the value of every expression in the blocks, by its source."""
    people = get_user_model().objects
    at_oak = {"email": "owner@oak.example"}, {"email": "user@oak.example"}
    if get_user_model().USERNAME_FIELD == "username":
        at_oak = {"username": "owner", **at_oak[0]}, {"username": "user", **at_oak[1]}
    names = {
        "owner": people.create_user(**at_oak[0]),
        "user": people.create_user(**at_oak[1]),
        "librarian": Role.objects.get(code="librarian"),
    }
    names["book"] = Book.objects.create(title="A Book", owner=names["user"])
    values = {}
    for block in blocks:
        for statement in ast.parse(block).body:
            source = ast.unparse(statement)
            if isinstance(statement, ast.Expr):
                values[source] = repr(eval(source, names))
            else:
                exec(source, names)
    return values
