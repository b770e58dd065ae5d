"""What a person's page offers is what would be done, and all of it (D3, D5, R24)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import give, make_role, make_user

from .people import manager_like, page_of, with_rights, words

pytestmark = pytest.mark.django_db


def test_a_role_is_given_by_who_may_give_it_though_they_view_none():
    """D5; R24: which ones somebody holds is not shown to them."""
    make_role("rep", level=5)
    ann = make_user("ann", "user")
    giver = with_rights("gil", "users.view users.edit")
    page = giver.get(page_of(ann))
    assert 'value="rep"' in page.content.decode() and "Take Back" not in words(page)
    assert "is shown to people who may view roles" in words(page)
    assert giver.post(page_of(ann, "roles/"), {"role": "rep"}).status_code == 302
    assert giver.post(page_of(ann, "roles/"), {"role": "administrator"}).status_code == 400
    held = ann.role_assignments.values_list("role__code", flat=True)
    assert sorted(held) == ["rep", "user"]


def test_a_role_that_has_ended_is_taken_back_by_who_stands_above_it():
    """D3: for the person and for the role."""
    yesterday = timezone.now() - timedelta(days=1)
    ann, mia = make_user("ann"), manager_like()
    give(ann, "administrator", valid_until=yesterday)
    give(ann, "user", valid_until=yesterday)
    page = mia.get(page_of(ann)).content.decode()
    assert "Take Back User" in page and "Take Back Administrator" not in page
    assert mia.post(page_of(ann, "roles/user/take-back/")).status_code == 302
    refused = mia.post(page_of(ann, "roles/administrator/take-back/"))
    assert refused.status_code == 403 and "(D3)" in words(refused)
