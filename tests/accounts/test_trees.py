"""Departments and the reporting line keep their links, by every road that writes them (R9)."""

import io
from random import Random

import pytest
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F, RestrictedError

from accounts.checks import check_links
from accounts.models import Department, DepartmentLink, ReportingLink, User
from tests.factories import make_department, make_user, set_manager

pytestmark = pytest.mark.django_db
TREES = [User, Department]


def make(model, key, above=None):
    """Store a row of either tree."""
    if model is User:
        return User.objects.create(username=key, manager=above)
    return Department.objects.create(code=key, name=key, parent=above)


def put(row, above):
    """Move a row by saving it."""
    setattr(row, row.closure().parent, above)
    row.save()


def name_of(model):
    return "username" if model is User else "code"


def below(model, key):
    """Read from the links who is below a row."""
    name = name_of(model)
    links = model.closure().links.objects.filter(**{f"ancestor__{name}": key}, depth__gt=0)
    return set(links.values_list(f"descendant__{name}", flat=True))


def chain(model, *keys):
    """Store rows each below the one before."""
    rows = []
    for key in keys:
        rows.append(make(model, key, rows[-1] if rows else None))
    return rows


def is_right(model):
    return model.closure().differences() == []


@pytest.mark.parametrize("model", TREES)
def test_links_reach_through_all_levels_and_not_sideways(model):
    a, _b, _c = chain(model, "a", "b", "c")
    make(model, "side", a)
    assert below(model, "a") == {"b", "c", "side"}
    assert below(model, "b") == {"c"}
    assert below(model, "c") == below(model, "side") == set()


@pytest.mark.parametrize("model", TREES)
def test_who_moves_takes_everybody_below_along(model):
    _a, b, _c, _d = chain(model, "a", "b", "c", "d")
    x, _y = chain(model, "x", "y")
    put(b, x)
    assert below(model, "x") == {"y", "b", "c", "d"}
    assert below(model, "a") == set()
    put(b, None)
    assert below(model, "x") == {"y"} and below(model, "b") == {"c", "d"}
    assert is_right(model)


@pytest.mark.parametrize("model", TREES)
def test_any_moves_leave_the_links_that_climbing_finds(model):
    chance = Random(5)
    rows = [make(model, f"n{number}") for number in range(9)]
    refused = 0
    for _ in range(60):
        row, above = chance.choice(rows), chance.choice([*rows, None])
        try:
            with transaction.atomic():
                put(row, above)
        except (ValidationError, IntegrityError):
            refused += 1
            row.refresh_from_db()
        assert is_right(model)
    assert 5 < refused < 50


def create_over(model, row, parent):
    """Save a new object with the key of a stored row, as a careless import would."""
    values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
    model(**values).save()


def replace_in_bulk(model, row, parent):
    """Delete the row past everything, and create it again with others."""
    model.objects.filter(pk=row.pk)._raw_delete("default")
    model.objects.bulk_create([row])


ROADS = {
    "save": lambda model, row, parent: row.save(),
    "fields": lambda model, row, parent: row.save(update_fields=[f"{parent}_id"]),
    "clean": lambda model, row, parent: row.clean(),
    "create": create_over,
    "bulk": replace_in_bulk,
}


@pytest.mark.parametrize("model", TREES)
@pytest.mark.parametrize("road", ROADS)
def test_a_cycle_is_refused_and_leaves_everything_as_it_was(model, road):
    a, _b, c = chain(model, "a", "b", "c")
    parent = model.closure().parent
    setattr(a, parent, c)
    with pytest.raises(ValidationError, match="R9") as caught, transaction.atomic():
        ROADS[road](model, a, parent)
    assert parent in caught.value.message_dict
    assert model.closure().parent_of(model.objects.get(pk=a.pk)) is None
    assert below(model, "a") == {"b", "c"} and is_right(model)


@pytest.mark.parametrize("model", TREES)
def test_nobody_is_above_themselves(model):
    a = make(model, "a")
    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        put(a, a)
    with pytest.raises(ValidationError):
        a.clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=a.pk)._update(
            [(model._meta.get_field(model.closure().parent), None, F("pk"))]
        )


@pytest.mark.parametrize("model", TREES)
def test_an_update_of_the_parent_is_refused_and_says_the_way_out(model):
    a, b, _c = chain(model, "a", "b", "c")
    parent = model.closure().parent
    b_row = model.objects.get(pk=b.pk)
    setattr(b_row, parent, None)
    for attempt in (
        lambda: model.objects.filter(pk=b.pk).update(**{parent: None}),
        lambda: model._base_manager.filter(pk=b.pk).update(**{f"{parent}_id": None}),
        lambda: model.objects.bulk_update([b_row], [parent]),
        lambda: model.objects.bulk_create(
            [b_row], update_conflicts=True, unique_fields=["id"], update_fields=[parent]
        ),
        lambda: model.objects.bulk_create([model(**{parent: a})], ignore_conflicts=True),
    ):
        with pytest.raises(TypeError, match="save"), transaction.atomic():
            attempt()
    assert below(model, "a") == {"b", "c"} and is_right(model)
    assert model.objects.filter(pk=b.pk).update(**{name_of(model): "bee"}) == 1


@pytest.mark.parametrize("model", TREES)
def test_many_rows_made_at_once_are_linked_however_they_are_ordered(model):
    top = make(model, "top")
    parent, name = model.closure().parent, name_of(model)
    keys = {900: ("low", 901), 901: ("mid", 902), 902: ("high", top.pk)}
    rows = [model(pk=pk, **{name: key, f"{parent}_id": above}) for pk, (key, above) in keys.items()]
    model.objects.bulk_create(rows)
    assert below(model, "top") == {"high", "mid", "low"} and is_right(model)


@pytest.mark.parametrize("model", TREES)
def test_a_fixture_is_linked_whichever_row_comes_first(model):
    chain(model, "a", "b", "c")
    rows = serializers.serialize("json", model.objects.order_by("-pk"))
    model.objects.all().delete()
    assert not model.closure().links.objects.exists()
    for row in serializers.deserialize("json", rows):
        row.save()
    assert below(model, "a") == {"b", "c"} and is_right(model)


def test_a_whole_dump_can_be_loaded_again(tmp_path):
    chain(User, "a", "b", "c")
    make_department("d", User.objects.get(username="a"), parent=make_department("e"))
    dump = tmp_path / "dump.json"
    call_command("dumpdata", "accounts", output=str(dump), verbosity=0)
    User.objects.all().delete()
    Department.objects.all().delete()
    call_command("loaddata", str(dump), verbosity=0)
    assert below(User, "a") == {"b", "c"} and below(Department, "e") == {"d"}
    assert is_right(User) and is_right(Department)


def test_who_has_people_below_cannot_be_deleted_and_with_them_can():
    _a, b, c = chain(User, "a", "b", "c")
    with pytest.raises(RestrictedError):
        b.delete()
    c.delete()
    b.delete()
    assert below(User, "a") == set() and is_right(User)


def test_a_move_is_rolled_back_with_its_links():
    _a, b, _c = chain(User, "a", "b", "c")
    with transaction.atomic():
        set_manager(b, None)
        assert below(User, "a") == set()
        transaction.set_rollback(True)
    assert below(User, "a") == {"b", "c"}


# What it costs


def test_moving_many_people_takes_as_many_statements_as_moving_one(django_assert_num_queries):
    boss, other, top = make_user("boss"), make_user("other"), make_user("top")
    lead = make(User, "lead", boss)
    User.objects.bulk_create([User(username=f"p{n}", manager=lead) for n in range(400)])
    with django_assert_num_queries(9) as of_401:
        set_manager(boss, top)
    with django_assert_num_queries(9):
        set_manager(other, top)
    assert len(below(User, "top")) == 403
    assert not any("crm_" in query["sql"] for query in of_401.captured_queries)


def test_a_save_that_moves_nobody_asks_one_question_and_a_new_person_none(
    django_assert_num_queries,
):
    ann = make(User, "ann", make_user("boss"))
    with django_assert_num_queries(4):  # savepoint, update, the link, release
        ann.save()
    with django_assert_num_queries(1):
        ann.save(update_fields=["last_login"])
    with django_assert_num_queries(3):  # savepoint, insert, release
        User.objects.create(username="new")


# Rows written past the models


def write(model, row, above):
    """Write a parent as raw SQL would."""
    column = model._meta.get_field(model.closure().parent).column
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} SET {column} = %s WHERE id = %s",
            [above and above.pk, row.pk],
        )


@pytest.mark.parametrize("model", TREES)
def test_a_check_names_what_raw_sql_left_and_a_command_mends_it(model):
    a, b, _c = chain(model, "a", "b", "c")
    x = make(model, "x")
    assert check_links(databases=["default"]) == []
    write(model, b, x)
    (warning,) = check_links(databases=["default"])
    assert warning.id == "accounts.W001" and "4 links" in warning.msg
    assert f"{b} under {a} is groundless" in warning.msg
    assert "rebuild_organisation" in warning.hint
    out = io.StringIO()
    call_command("rebuild_organisation", stdout=out)
    assert "4 mended" in out.getvalue() and "0 mended" in out.getvalue()
    assert below(model, "x") == {"b", "c"} and below(model, "a") == set()
    assert check_links(databases=["default"]) == []
    assert check_links() == []


@pytest.mark.parametrize("model", TREES)
def test_a_cycle_that_is_stored_loops_nobody_and_can_be_broken(model):
    a, b, c = chain(model, "a", "b", "c")
    write(model, a, c)
    assert len(check_links(databases=["default"])) == 1
    call_command("rebuild_organisation", stdout=io.StringIO())
    assert below(model, "a") >= {"b", "c"}
    assert is_right(model)
    new = make(model, "new", c)
    put(model.objects.get(pk=new.pk), b)
    put(model.objects.get(pk=a.pk), None)
    assert below(model, "a") == {"b", "c", "new"} and below(model, "c") == set()
    assert is_right(model)


@pytest.mark.parametrize("model", TREES)
def test_moving_mends_links_that_were_wrong_before(model):
    _a, b, _c = chain(model, "a", "b", "c")
    model.closure().links.objects.filter(descendant=b.pk, depth=1).delete()
    b.save()
    assert below(model, "a") == {"b", "c"} and is_right(model)


def test_the_database_refuses_a_second_link_of_the_same_pair():
    chain(User, "a", "b")
    chain(Department, "a", "b")
    for model in (ReportingLink, DepartmentLink):
        link = model.objects.filter(depth=1).get()
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.bulk_create([link])
