"""The commands on one person through the list's pages for several people (R25)."""

from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import Department

from .administration import person_named
from .forms import Form


def _bulk(code, values=lambda: {}):
    """Choose the one person in the list, give what the act asks for, look at it, and do it.

    Where the page offers nothing to press, the post is sent all the same.
    """

    def press(pages, name, *arguments):
        url = reverse("admin:accounts_user_bulk", args=[code])
        asked = {"people": str(person_named(name).pk), **values(*arguments)}
        forms = pages.open(f"{url}?{urlencode(asked)}")
        form = next((one for one in forms if any(map(_is_doing, one.buttons))), Form(url))
        return pages.press(form, next(filter(_is_doing, form.buttons), ""), url, **asked)

    return press


def _is_doing(label):
    return "1 Person" in label


def _role(code, until=None):
    return {"role": code} | ({"valid_until": f"{until:%Y-%m-%dT%H:%M}"} if until else {})


def _department(code):
    return {"department": Department.objects.get(code=code).pk if code else ""}


BULK = {
    "suspend": _bulk("suspend"),
    "restore": _bulk("restore"),
    "delete": _bulk("delete"),
    "assign": _bulk("give-role", _role),
    "unassign": _bulk("take-role-back", _role),
    "department": _bulk("department", _department),
    "manager": _bulk("manager", lambda manager: {"manager": manager or ""}),
}
