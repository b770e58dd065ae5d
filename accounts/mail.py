"""What the site writes to people, in plain text: links that let them in, and what was done."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib import admin
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from .links import registration_key
from .models import Invitation, User


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


def send_new_account(pk: int, maker: Any, origin: str) -> None:
    """Send whoever was made an account the link with which they choose a password."""
    _send_password_link("new_account", _("Your account at %(site)s") % _site(), pk, maker, origin)


def send_password_reset(pk: int, actor: Any, origin: str) -> None:
    """Send the link to a new password to whoever's old one was made worth nothing."""
    subject = _("Choose a new password for %(site)s") % _site()
    _send_password_link("password_reset", subject, pk, actor, origin)


def send_factor_removed(person: User, actor: Any) -> None:
    """Tell somebody that their second factor was taken off; without an actor on the server."""
    subject = _("Your second factor at %(site)s was removed") % _site()
    _send("factor_removed", subject, person.email, {"person": person, "actor": actor})


def send_address_changed(person: User, old_address: str, actor: Any) -> None:
    """Tell the address that an account had that it has another one; not which (threat 3)."""
    subject = _("Your e-mail address at %(site)s was changed") % _site()
    _send("address_changed", subject, old_address, {"person": person, "actor": actor})


def _send_password_link(template: str, subject: str, pk: int, actor: Any, origin: str) -> None:
    person = User.objects.get(pk=pk)  # as stored: the link ends with the password that stands
    link = origin.rstrip("/") + _password_path(person)
    days = settings.PASSWORD_RESET_TIMEOUT // 86400
    context = {"person": person, "actor": actor, "link": link, "days": days}
    _send(template, subject, person.email, context)


def _password_path(person: User) -> str:
    """Give the address at which the person chooses a password, the one of the site's own mails."""
    key = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    return reverse("account_reset_password_from_key", kwargs=key)


def link_to(name: str, key: str, origin: str) -> str:
    """Write the whole address of a link."""
    return origin.rstrip("/") + reverse(name, args=[key])


def _site() -> dict[str, Any]:
    return {"site": admin.site.site_header}


def _send(template: str, subject: str, address: str, context: dict[str, Any]) -> None:
    text = render_to_string(f"accounts/mail/{template}.txt", context | _site())
    send_mail(subject, text.strip() + "\n", None, [address])
