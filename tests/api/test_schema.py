"""The API describes itself, truly, to people who are let in, and to all of them alike."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from crm.models import Contact

from .people import MODELS, Asker, errors, make, problem

ROOT = Path(__file__).resolve().parents[2]
JSON = "application/vnd.oai.openapi+json"


def schema_for(asker):
    return json.loads(asker.ask("GET", "schema/", None, accept=JSON).content)


def test_the_description_is_valid_and_made_without_a_warning(tmp_path):
    to = tmp_path / "schema.yml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(to))
    assert "openapi: 3.0" in to.read_text()


def test_everyone_is_told_the_same(sam, olga):
    """Threat 11: nothing in it depends on who asks, or on the records that there are."""
    first = schema_for(sam)
    make("contacts", "Marlowe", sam.user)
    assert first == schema_for(olga)
    assert "Marlowe" not in json.dumps(schema_for(sam))
    errors(sam.ask("GET", "schema/?version=2"))
    errors(sam.ask("GET", "schema/?lang=xx"))


@pytest.mark.django_db
def test_nobody_reads_it_from_outside():
    for path in ("schema/", "docs/", "docs/?script="):
        problem(Asker().ask("GET", path), 401)


def test_it_names_every_address_and_no_other(olga):
    paths = schema_for(olga)["paths"]
    of_module = [("", "get post"), ("{id}/", "get patch delete")]
    of_module += [("{id}/restore/", "post"), ("trash/", "get")]
    of_module += [("{id}/shares/", "get post"), ("{id}/shares/{share}/", "delete")]
    of_module += [("{id}/history/", "get")]
    expected = {f"/api/v1/{m}/{end}": how for m in MODELS for end, how in of_module}
    expected |= {f"/api/v1/{name}/": "get" for name in ("me", "modules", "permissions")}
    of_role = [("", "get put patch delete"), ("matrix/", "get patch"), ("clone/", "get post")]
    of_role += [("impact/", "post"), ("history/", "get")]
    expected |= {f"/api/v1/roles/{{code}}/{end}": how for end, how in of_role}
    expected |= {"/api/v1/roles/": "get post"}
    expected |= {"/api/v1/activities/": "get", "/api/v1/activities/{id}/": "get"}
    expected |= {"/api/v1/activities/{id}/undo/": "post"}
    expected |= {"/api/v1/tokens/": "get post", "/api/v1/tokens/{id}/": "delete"}
    of_user = [("", "get patch delete"), ("roles/", "get post"), ("roles/{role}/", "patch delete")]
    of_user += [(f"{act}/", "post") for act in ("suspend", "restore", "approve", "reject")]
    of_user += [
        ("second-factor/", "delete"),
        ("access/", "get"),
        ("history/", "get"),
        ("undelete/", "post"),
    ]
    expected |= {f"/api/v1/users/{{username}}/{end}": how for end, how in of_user}
    expected |= {"/api/v1/users/trash/": "get"}
    expected |= {"/api/v1/invitations/": "get post", "/api/v1/invitations/{id}/": "delete"}
    expected |= {"/api/v1/invitations/{id}/resend/": "post"}
    expected |= {f"/api/v1/{part}/": "get post" for part in ("users", "teams", "departments")}
    of_parts = [f"/api/v1/{part}/{{code}}/" for part in ("teams", "departments")]
    expected |= dict.fromkeys(of_parts, "get patch delete")
    assert {path: " ".join(m for m in item) for path, item in paths.items()} == expected


def test_what_answers_hold_is_what_it_promises(olga):
    described = schema_for(olga)["components"]["schemas"]
    for module, model in MODELS.items():
        record = make(module, "One", olga.user)
        promised = described[model.__name__]
        shown = olga.read(f"{module}/{record.pk}/")
        assert shown.keys() == promised["properties"].keys(), module
        assert promised["required"] == ["id"]
    roles = {"roles/": "roles/", "roles/user/": "roles/{code}/"}
    roles["roles/user/matrix/"] = "roles/{code}/matrix/"
    entry = olga.read("activities/")["results"][0]["id"]
    roles |= {"activities/": "activities/", f"activities/{entry}/": "activities/{id}/"}
    roles[f"contacts/{Contact.objects.get().pk}/history/"] = "contacts/{id}/history/"
    for path, described_as in roles.items():
        answer = schema_for(olga)["paths"][f"/api/v1/{described_as}"]["get"]["responses"]["200"]
        promised = answer["content"]["application/json"]["schema"]
        shown = olga.read(path)
        assert shown.keys() == promised["properties"].keys(), path
    me = olga.read("me/")
    answer = schema_for(olga)["paths"]["/api/v1/me/"]["get"]["responses"]["200"]["content"]
    assert me.keys() == answer["application/json"]["schema"]["properties"].keys()


def test_the_secret_of_a_token_is_promised_by_the_answer_that_makes_it_alone(olga):
    described = schema_for(olga)["components"]
    made = olga.ask("POST", "tokens/", {"name": "CI", "permissions": None}).json()
    assert made.keys() == described["schemas"]["MadeToken"]["properties"].keys()
    (listed,) = olga.read("tokens/")["results"]
    assert listed.keys() == described["schemas"]["Token"]["properties"].keys()
    assert made.keys() - listed.keys() == {"token"}
    assert described["securitySchemes"]["tokenAuth"] == {"type": "http", "scheme": "bearer"}


def test_every_filter_that_it_names_is_one(olga):
    lists = {m: schema_for(olga)["paths"][f"/api/v1/{m}/"]["get"]["parameters"] for m in MODELS}
    for module, parameters in lists.items():
        for name in (p["name"] for p in parameters):
            answer = olga.ask("GET", f"{module}/?{name}=")
            said = answer.json().get("errors", {})
            assert said.get(name) != [f"There is no field “{name}”."], (module, name)


def test_the_page_of_the_description_holds_no_script_or_style_of_its_own(sam):
    page = sam.ask("GET", "docs/").content.decode()
    assert "<style" not in page and "style=" not in page
    assert re.findall(r"<script(?! src=)", page) == []
    script = sam.ask("GET", "docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert "/api/v1/schema/" in script.content.decode()
