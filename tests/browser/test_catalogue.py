"""Five people of the demonstration open contacts and accounts, and see what the catalogue says."""

import re

import pytest
from playwright.sync_api import Page

from .catalogue import COLUMNS, EXPECTED, FIELDS, Demonstration, Sees
from .looking import WAYS, too_wide


@pytest.fixture
def demonstration(database_url):
    found = Demonstration(database_url)
    yield found
    found.close()


@pytest.mark.parametrize("username", EXPECTED)
def test_each_sees_the_records_columns_and_fields_that_the_catalogue_names(
    sign_in, demonstration, username
):
    page = sign_in(username)
    for kind, sees in EXPECTED[username].items():
        page.goto(f"/crm/{kind}/")
        assert_list(page, kind, sees, demonstration.count(username, kind, sees.scopes))
        page.goto(page.locator("#result_list tbody th a").first.get_attribute("href"))
        assert_page(page, kind, sees)
    assert page.problems == []


def assert_list(page: Page, kind: str, sees: Sees, count: int) -> None:
    hidden = {name.replace("_", " ").capitalize() for name in sees.hidden}
    columns = [text for text in page.locator("#result_list thead th").all_inner_texts() if text]
    assert columns == [name for name in COLUMNS[kind] if name not in hidden]
    said = page.locator(".paginator").inner_text().replace(",", "")
    number, more = re.search(rf"(\d+)(\+?) {kind}s?\b", said).groups()
    assert int(number) == count or (more and int(number) <= count), (said, count)
    tools = page.locator(".object-tools").all_inner_texts()
    assert any("Add" in text for text in tools) is ("create" in sees.actions)
    boxes = page.locator("#result_list input[type=checkbox]").count()
    assert bool(boxes) is ("delete" in sees.actions)  # the one thing to be done to many


def assert_page(page: Page, kind: str, sees: Sees) -> None:
    rows = page.locator("#content-main .form-row").evaluate_all(
        "rows => rows.flatMap(row => [...row.classList])"
    )
    shown = {name.removeprefix("field-") for name in rows} & FIELDS[kind]
    assert shown == FIELDS[kind] - sees.hidden
    inputs = page.locator("#content-main form :is(input, select, textarea)").evaluate_all(
        "all => all.map(one => one.name)"
    )
    assert set(inputs) & FIELDS[kind] == sees.writable(kind)
    for name in sees.hidden - {"name"}:
        assert f"field-{name}" not in page.content()
    deletes = page.locator(".deletelink").count()
    assert bool(deletes) is ("delete" in sees.actions)
    assert bool(page.locator("input[name=_save]").count()) is bool(sees.writable(kind))


@pytest.mark.parametrize("way", ["light", "narrow"])
def test_no_address_is_broken_and_no_list_is_wider_than_the_page(sign_in, way):
    page = sign_in("director", **WAYS[way])
    page.goto("/crm/contact/")
    lines = page.locator("#result_list td.field-email").evaluate_all(
        "cells => cells.map(cell => { const range = document.createRange();"
        " range.selectNodeContents(cell); return range.getClientRects().length; })"
    )
    assert lines and set(lines) == {1}
    assert too_wide(page) == []
