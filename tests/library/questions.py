"""What the library is asked and should answer; `project/asking/world.py` has the people."""

import pytest

DJANGO_AND_ITS_OWN = ("django", "asgiref", "sqlparse")
FORMS = ("custom", "plain")

EVERY_BOOK = ["gita", "hugo", "lars", "lena", "nils", "nobody's", "nora", "olga", "sven", "uma"]
NORTH, OAK = ["gita", "nils", "nora", "olga"], ["gita", "hugo", "nils", "olga", "uma"]

DECISIONS = [  # person, name, record, answer (or that of each form)
    # Without a record, in the engine's words and in Django's
    ("nora", "books.view", None, True),
    ("nora", "books.create", None, True),
    ("nora", "books.delete", None, False),
    ("nora", "shelf.view_book", None, True),
    ("nora", "shelf.add_book", None, True),
    ("nora", "shelf.change_book", None, True),
    ("nora", "shelf.delete_book", None, False),
    ("nora", "library.view", None, True),
    ("nora", "shelf.view_branch", None, True),
    ("hugo", "library.view", None, False),
    ("hugo", "books.lend", None, True),
    ("nora", "books.lend", None, False),
    ("hugo", "catalogue.print", None, True),
    ("nora", "catalogue.print", None, False),
    # On a record: the scope that a module of the project declared, and only that
    ("nora", "books.edit", "nora", True),
    ("nora", "books.edit", "nils", True),
    ("nora", "shelf.change_book", "nils", True),
    ("nora", "books.edit", "sven", False),
    ("nora", "shelf.change_book", "sven", False),
    ("nora", "books.view", "nobody's", False),
    ("nora", "books.view", "gone", False),
    ("nora", "library.view", "the branch", True),
    ("hugo", "library.view", "the branch", False),
    ("nora", "books.view", "the branch", False),
    ("nora", "books.view", "the note", False),
    ("hugo", "books.view", "nils", True),
    ("hugo", "books.view", "nora", False),
    ("hugo", "books.lend", "nils", True),
    ("hugo", "books.lend", "nora", False),
    ("hugo", "books.lend", "the branch", False),
    ("hugo", "catalogue.print", "nils", False),
    # Two scopes of one role, another for one action, and all
    ("uma", "books.view", "nils", True),
    ("uma", "books.view", "sven", True),
    ("uma", "books.view", "nora", False),
    ("uma", "books.delete", "uma", True),
    ("uma", "books.delete", "nils", False),
    ("kim", "books.view", "nobody's", True),
    ("kim", "books.view", "gone", False),
    # Two roles do not mix (R15), but for the view that a feature asks for (R14)
    ("gita", "books.view", "hugo", True),
    ("gita", "books.edit", "hugo", False),
    ("gita", "books.edit", "nils", True),
    ("gita", "books.lend", "nora", True),
    # Nobody's territory is nobody's, not that of all who have none
    ("lena", "books.view", "lena", True),
    ("lena", "books.view", "lars", False),
    # The Owner, and the superuser whom Django answers
    ("olga", "books.delete", "sven", True),
    ("olga", "books.view", "nobody's", True),
    ("olga", "books.view", "gone", False),
    ("olga", "roles.edit", None, True),
    ("olga", "catalogue.print", None, True),
    ("olga", "no.such", None, False),
    ("root", "books.delete", None, True),
    ("root", "books.edit", "sven", True),
    # Those who are out, or whose role is
    ("nils", "books.view", None, False),
    ("nils", "books.view", "nils", False),
    ("tim", "books.view", None, False),
    ("dora", "books.view", None, False),
    ("dora", "books.view", "nora", False),
    ("susi", "books.view", None, {"custom": False, "plain": True}),
    ("susi", "books.view", "nora", {"custom": False, "plain": True}),
    (None, "books.view", None, False),
    (None, "books.view", "nora", False),
    # Unknown names
    ("nora", "books.fly", None, False),
    ("nora", "books.fly", "nora", False),
    ("nora", "attic.view", None, False),
    ("nora", "", None, False),
    # Final for what is governed, silent for the rest: gus has all of these through a group
    ("gus", "shelf.view_book", None, False),
    ("gus", "shelf.change_book", None, False),
    ("gus", "shelf.catalogue_book", None, False),
    ("gus", "books.view", None, False),
    ("gus", "shelf.view_note", None, {"custom": False, "plain": True}),
]

LISTS = [  # person, action, titles (or those of each form)
    ("nora", "view", NORTH),
    ("nora", "edit", NORTH),
    ("nora", "delete", []),
    ("hugo", "view", sorted({*OAK, "lena"})),  # lena shares her book with him (R19)
    ("hugo", "edit", []),
    ("uma", "view", sorted({*OAK, "sven"})),
    ("uma", "delete", ["uma"]),
    ("gita", "view", sorted({*NORTH, *OAK})),
    ("gita", "edit", NORTH),
    ("lena", "view", ["lena"]),
    ("kim", "view", EVERY_BOOK),
    ("olga", "view", EVERY_BOOK),
    ("olga", "delete", EVERY_BOOK),
    ("nils", "view", []),
    ("tim", "view", []),
    ("dora", "view", []),
    ("susi", "view", {"custom": [], "plain": NORTH}),
    (None, "view", []),
]

GAPS = [  # form, where the answer stands, how it must not begin
    pytest.param("custom", "gaps/owner field alone", "accepted"),
    pytest.param("custom", "gaps/record access alone", "accepted"),
    pytest.param("custom", "gaps/owner field mistyped", "accepted"),
    pytest.param("custom", "gaps/shares of another model", "accepted"),
    pytest.param("custom", "gaps/shares of several models", "accepted"),
    pytest.param("custom", "gaps/share mistyped", "accepted"),
    pytest.param("custom", "gaps/scope mistyped", "accepted"),
    pytest.param("custom", "gaps/two ordered scopes", "DatabaseError"),
    pytest.param("custom", "gaps/two scopes, one without anyone", "AttributeError"),
    pytest.param("custom", "gaps/backend composed backwards", "accepted"),
    pytest.param("plain", "gaps/backend after another", "roles.W001"),
    pytest.param("custom", "gaps/no time zones", "accepted"),
    pytest.param("custom", "gaps/export as YAML", "DocumentError"),
    pytest.param("custom", "commands/people after the test", "0"),
    pytest.param("plain", "commands/test", "NotImplementedError"),
    pytest.param("custom", "pages/admin/change role", "500"),
    pytest.param("custom", "pages/admin/delete without trash", "500"),
    pytest.param("custom", "pages/admin/owner's list", "False"),
]
