"""What every part of the kit knows: the module, its fields, and masks kept for one request."""

from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest

from .. import policy
from ..core.fields import FieldMask
from ..core.specs import Module
from ..registry import registry


class GovernedPart:
    """The module that governs the model, and what of its fields somebody may read."""

    model: Any
    opts: Any

    @property
    def module(self) -> Module:
        """The module that governs the model."""
        return policy.governing(self.model)

    @property
    def governed_fields(self) -> frozenset[str]:
        """The fields that roles may hide, where the page is about the module's own model."""
        own = self.module.model == self.opts.label
        return frozenset(registry.fields_of(self.module)) if own else frozenset()

    def mask_of(self, request: HttpRequest, obj: Any) -> FieldMask:
        """Give what the person may read and write of the record, asked once for a request."""
        known = _kept(request, self, "masks")
        if obj.pk not in known:
            known[obj.pk] = policy.field_mask(request.user, obj)
        return known[obj.pk]

    def forget(self, request: HttpRequest) -> None:
        """Ask again after something was written."""
        _kept(request, self, "masks").clear()

    def _sees_people(self, request: HttpRequest) -> bool:
        module = registry.module_of(get_user_model())
        return module is None or bool(policy.check(request.user, f"{module.code}.view"))


def _kept(request: HttpRequest, page: Any, what: str) -> dict[Any, Any]:
    """Give what is remembered for this page while one request lasts."""
    if not hasattr(request, "_governed"):
        request._governed = {}
    return request._governed.setdefault((id(page), what), {})


def kept(request: HttpRequest, page: Any, what: str, work_out: Any) -> Any:
    """Work something out once a request: Django asks often, and compares columns by identity."""
    known = _kept(request, page, "once")
    if what not in known:
        known[what] = work_out()
    return known[what]


def first_step(name: Any) -> str:
    """Give the field at which a lookup or a column begins."""
    if not isinstance(name, str):
        return first_step(name[0]) if isinstance(name, tuple | list) else ""
    return name.lstrip("-^=@").split("__")[0]
