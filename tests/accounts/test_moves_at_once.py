"""Two connections at once: no two moves make a cycle together (R9, threat 17)."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Department, User
from crm.models import Contact
from tests.factories import fetch, make_department, make_role, make_user, set_manager
from tests.roles.together import refusals, run_together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def move(model, key, above):
    """Move a row as a request of its own would, which reads it anew."""
    name = "username" if model is User else "code"
    row = model.objects.get(**{name: key})
    setattr(row, model.closure().parent, model.objects.get(**{name: above}))
    row.save()


@pytest.fixture(params=[User, Department])
def model(request, transactional_db):
    for key in "abcd":
        make_user(key) if request.param is User else make_department(key)
    return request.param


def test_two_moves_that_would_make_a_cycle_together_leave_one(model):
    for _round in range(3):
        for row in model.objects.all():
            setattr(row, model.closure().parent, None)
            row.save()
        results = run_together(lambda: move(model, "a", "b"), lambda: move(model, "b", "a"))
        assert len(refusals(results, ValidationError)) == 1
        assert model.closure().links.objects.filter(depth=1).count() == 1
        assert model.closure().differences() == []


def test_three_moves_at_once_that_fit_together_all_stand(model):
    for _round in range(3):
        results = run_together(
            *(lambda pair=pair: move(model, *pair) for pair in ("ab", "bc", "cd"))
        )
        assert refusals(results) == []
        assert model.closure().links.objects.filter(depth__gt=0).count() == 6
        assert model.closure().differences() == []
        for row in model.objects.all():
            setattr(row, model.closure().parent, None)
            row.save()


def test_who_comes_in_below_somebody_who_is_moving_is_linked_to_where_they_went():
    boss, mid = make_user("boss"), make_user("mid")
    for number in range(5):
        set_manager(mid, None)
        run_together(
            lambda: move(User, "mid", "boss"),
            lambda number=number: User.objects.create(username=f"new{number}", manager=mid),
        )
        assert User.closure().differences() == []
    assert User.closure().links.objects.filter(ancestor=boss.pk).count() == 6


def test_an_unchanged_save_that_meets_a_move_leaves_what_was_written_last():
    make_user("boss"), make_user("mid")
    for _round in range(5):
        set_manager(User.objects.get(username="mid"), None)
        old = User.objects.get(username="mid")
        results = run_together(lambda: move(User, "mid", "boss"), lambda old=old: old.save())
        assert refusals(results) == []
        assert User.closure().differences() == []


def test_a_move_is_seen_by_the_next_request_of_another_process_and_not_before_it_commits():
    """R28."""
    ann, ben = make_user("ann"), make_user("ben")
    role = make_role(permissions="contacts.view", records={"contacts": "reporting_line"})
    ann.role_assignments.create(role=role)
    Contact.objects.create(last_name="His", owner=ben)
    assert not Contact.objects.accessible_by(fetch(ann)).exists()
    assert refusals(run_together(lambda: move(User, "ben", "ann"))) == []
    assert Contact.objects.accessible_by(fetch(ann)).exists()
