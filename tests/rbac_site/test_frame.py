"""The frame: only what is one's own, the theme that was chosen, a strict policy (look.md)."""

import re

import pytest
from django.test import Client

BUILT_IN = {
    "owner": {"crm/contact", "crm/account", "crm/lead", "crm/opportunity", "crm/deal"}
    | {"crm/task", "crm/project", "roles/role"},
    "user": {"crm/contact", "crm/account", "crm/lead", "crm/opportunity", "crm/deal"}
    | {"crm/task", "crm/project"},
    "guest": set(),
}
BUILT_IN |= {"administrator": BUILT_IN["owner"], "manager": BUILT_IN["user"]}
RECORDS = re.compile(r'href="/((?:crm|roles)/\w+)/"')


@pytest.mark.parametrize("role", BUILT_IN)
@pytest.mark.parametrize("url", ["/", "/profile/", "/search/?q=zz", "/nowhere/"])
def test_each_page_leads_to_what_is_one_s_own_and_nothing_else(browse, role, url):
    page = browse(role).get(url).content.decode()
    assert set(RECORDS.findall(page)) & BUILT_IN["owner"] == BUILT_IN[role]


def test_home_says_whose_records_they_are(browse):
    page = browse("user").get("/").content.decode()
    assert "Your own records" in page and "All records" not in page
    assert "All records" in browse("owner", username="olga").get("/").content.decode()


def test_home_tells_a_guest_what_to_do(browse):
    page = " ".join(browse("guest").get("/").content.decode().split())
    assert "No module is open to you yet" in page and "<strong>ann</strong>" in page


def test_the_current_page_is_marked_for_everybody(browse):
    page = browse("user").get("/crm/contact/").content.decode()
    assert len(re.findall(r'href="/crm/contact/" aria-current="page"', page)) == 1


def test_a_demonstration_says_so_and_another_site_does_not(browse, settings):
    client = browse("user")
    settings.DEMO = True
    assert "Demonstration account." in client.get("/").content.decode()
    settings.DEMO = False
    assert "Demonstration account." not in client.get("/").content.decode()


# Theme


def scheme(client) -> str:
    page = client.get("/auth/login/").content.decode()
    return re.search(r'<meta name="color-scheme" content="([^"]+)">', page).group(1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("chosen", "expected"), [("light", "light"), ("dark", "dark"), ("auto", "light dark")]
)
def test_a_theme_is_kept_and_every_page_comes_in_it(chosen, expected):
    client = Client()
    assert scheme(client) == "light dark"
    answer = client.post("/theme/", {"theme": chosen, "next": "/profile/?a=b"})
    assert answer.status_code == 302 and answer.url == "/profile/?a=b"
    assert scheme(client) == expected


@pytest.mark.django_db
@pytest.mark.parametrize("to", ["https://evil.org/", "//evil.org", "/\\evil.org", ""])
def test_choosing_a_theme_leads_nowhere_else(to):
    assert Client().post("/theme/", {"theme": "dark", "next": to}).url == "/"


@pytest.mark.django_db
def test_an_unknown_theme_is_refused_and_a_forged_one_means_the_system_s():
    client = Client()
    assert client.post("/theme/", {"theme": "pink"}).status_code == 400
    client.cookies["theme"] = '"><script>'
    assert scheme(client) == "light dark"


def test_the_menu_says_which_theme_is_chosen(browse):
    client = browse("guest")
    client.cookies["theme"] = "dark"
    buttons = re.findall(
        r'name="theme" value="(\w+)"[^>]*aria-pressed="true"', client.get("/").content.decode()
    )
    assert buttons == ["dark"]


# Headers


@pytest.mark.parametrize("url", ["/", "/search/?q=zz", "/profile/", "/nowhere/", "/roles/role/"])
def test_no_page_brings_code_or_style_of_its_own(browse, url):
    answer = browse("user").get(url)
    policy, page = answer.headers["Content-Security-Policy"], answer.content.decode()
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)(?![^>]*json)", page)
