"""What the site writes to people who come in; plain text, one link each."""

from typing import Any

from django.contrib import admin
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from .links import registration_key
from .models import Invitation


def send_invitation(invitation: Invitation, key: str, origin: str) -> None:
    """Send the link with which the invited person makes their account."""
    context = {"invitation": invitation, "link": link_to("join_link", key, origin)}
    _send("invitation", _("You are invited to %(site)s") % _site(), invitation.email, context)


def send_registration(address: str, origin: str) -> None:
    """Send the link that proves the address, and opens the form for a new account."""
    link = link_to("register_link", registration_key(address), origin)
    _send("registration", _("Your registration at %(site)s") % _site(), address, {"link": link})


def send_already_there(address: str, origin: str) -> None:
    """Tell whoever registers again that they have an account; the page tells nobody."""
    context = {
        "sign_in": origin.rstrip("/") + reverse("account_login"),
        "reset": origin.rstrip("/") + reverse("account_reset_password"),
    }
    _send("already_there", _("You have an account at %(site)s") % _site(), address, context)


def link_to(name: str, key: str, origin: str) -> str:
    """Write the whole address of a link."""
    return origin.rstrip("/") + reverse(name, args=[key])


def _site() -> dict[str, Any]:
    return {"site": admin.site.site_header}


def _send(template: str, subject: str, address: str, context: dict[str, Any]) -> None:
    text = render_to_string(f"accounts/mail/{template}.txt", context | _site())
    send_mail(subject, text.strip() + "\n", None, [address])
