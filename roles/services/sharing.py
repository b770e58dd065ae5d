"""Open records to people and teams by hand, and close them again (R19)."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.utils.translation import gettext as _

from .. import policy
from ..core.errors import Invalid, Refused
from ..models.audit import key_of
from ..registry import registry
from . import audit


def share_record(*, acting_user: Any, record: models.Model, receiver: Any, give: str) -> Any:
    """Open the record to `receiver`, a person or a team, for `give`: `view` or `edit` (R19).

    There is one share for each receiver: sharing again changes what it gives.
    """
    with transaction.atomic():
        record = _held(record)
        _require(policy.as_of_now(acting_user), record, give)
        shares = shares_of(record)
        named = {kind_of(receiver): receiver}
        share = shares._default_manager.filter(record=record, **named).first()
        old = share.give if share else None
        share = share or shares(record=record, **named)
        share.give, share.given_by = give, acting_user
        if give != old:
            share.save()
            _log(acting_user, "record.shared", share, old=old, new=give)
    return share


def unshare_record(*, acting_user: Any, share: Any) -> None:
    """Take a share back: whoever may edit the record may, whoever gave it (R19)."""
    with transaction.atomic():
        record = _held(share.record)
        _require(policy.as_of_now(acting_user), record, "view")
        share = shares_of(record)._default_manager.filter(pk=share.pk).first()
        if share is None:
            return  # another request took it back meanwhile
        _log(acting_user, "record.unshared", share, old=share.give, new=None)
        share.delete()


def end_shares(*, acting_user: Any, receiver: Any) -> None:
    """End all shares with a receiver who goes for good, and log each (D13).

    For the service that deletes the receiver, in its transaction: nobody is asked about records.
    """
    kind = kind_of(receiver)
    for module in registry.catalogue.modules.values():
        shares = registry.share_model_of(module)
        if shares is None or (kind == "team" and shares.teams() is None):
            continue
        for share in shares._default_manager.filter(**{kind: receiver}).select_related("record"):
            _log(acting_user, "record.unshared", share, old=share.give, new=None)
            share.delete()


def receiver_named(module: Any, *, user: str = "", team: str = "") -> Any:
    """Find whom to share with by user name or by the code of a team, one of both (R19).

    Who cannot sign in is not found, in the same words as who never was (R23).
    """
    teams = registry.share_model_of(module).teams()
    if bool(user) == bool(team) or (team and teams is None):
        message = _("Name one person.") if teams is None else _("Name one person or one team.")
        raise Invalid({"user": [message]})
    return _found(policy.active_people(), "user", user) if user else _found(teams, "team", team)


def kind_of(receiver: Any) -> str:
    """Tell which reference of a share holds `receiver`: `user` or `team`."""
    return "user" if isinstance(receiver, get_user_model()) else "team"


def name_of(receiver: Any) -> str:
    """Give the name by which people and programs call a receiver."""
    return str(receiver.natural_key()[0])


def _found(among: Any, kind: str, name: str) -> Any:
    field = get_user_model().USERNAME_FIELD
    try:
        if "\x00" in name:  # an error of the database on PostgreSQL, not an unknown name
            raise LookupError(name)
        return among.get(**{field: name}) if kind == "user" else among.get_by_natural_key(name)
    except (LookupError, ValueError, models.ObjectDoesNotExist):
        words = {
            "user": _("Nobody with the username “%s” can sign in."),
            "team": _("No team has the code “%s”."),
        }
        raise Invalid({kind: [words[kind] % name]}) from None


def _held(record: models.Model) -> Any:
    """Lock the record, so that two shares of it wait for each other."""
    return type(record)._base_manager.select_for_update().get(pk=record.pk)


def shares_of(record: models.Model) -> Any:
    """Give the model of the record's shares; an error where records of its kind have none."""
    shares = registry.share_model_of(policy.governing(type(record)))
    if shares is None:
        raise LookupError(f"{record._meta.label} has no shares: name a `share_model`.")
    return shares


def _require(acting_user: Any, record: models.Model, give: str) -> None:
    decision = policy.check_share(acting_user, record, give)
    if not decision:
        raise Refused(
            _("The shares of this %(name)s stay as they are: %(because)s")
            % {"name": record._meta.verbose_name, "because": decision.because}
        )


def _log(acting_user: Any, action: str, share: Any, *, old: Any, new: Any) -> None:
    """Log a share with its receiver's name, for readers, and their key, for an undo."""
    receiver = share.receiver
    named = {kind_of(receiver): name_of(receiver), "receiver": key_of(receiver.pk)}
    change = {"field": "shares", "old": old, "new": new, **named}
    audit.record(
        acting_user=acting_user,
        action=action,
        subject=share.record,
        changes=[change],
    )
