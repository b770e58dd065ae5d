"""A person's own page: who they are here, which roles they hold, what they may do."""

from typing import Any

from allauth.account.views import PasswordChangeView
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from roles import policy
from roles.admin.governed import NO_ACCESS
from roles.core import clock
from roles.models import RoleAssignment

from .effective import areas_of
from .waiting import is_waiting


@require_safe
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Show the person to themselves (`profile.view`); whoever waits sees no roles yet (R1)."""
    if not policy.check(request.user, "profile.view"):
        raise PermissionDenied(
            _("Your own page needs the permission “Own profile”. Ask an Owner for it.")
        )
    waits = is_waiting(request.user)
    return render(
        request,
        "accounts/profile.html",
        {
            **admin.site.each_context(request),
            "title": _("Your profile"),
            "assignments": [] if waits else assignments_of(request.user),
            "areas": [] if waits else areas_of(request.user),
            "teams": [] if waits else request.user.teams.all(),
            "manager": None if waits else manager_of(request.user),
            "privileges": sorted(policy.access_for(request.user).privileges),
            "resting": {role.code for role in policy.access_for(request.user).resting},
            "now": clock.now(),
        },
    )


def manager_of(user: Any) -> Any:
    """Give the person's manager, by name only where they may see people (R24)."""
    if user.manager_id is None or policy.check(user, "users.view"):
        return user.manager
    return NO_ACCESS


def assignments_of(user: Any) -> QuerySet[RoleAssignment]:
    """Give the roles that the person holds or will hold, the highest first."""
    found = RoleAssignment.objects.filter(user=user).not_ended(clock.now())
    return found.select_related("role").order_by("-role__level", "role__name")


class PasswordChange(PasswordChangeView):
    """Choose a new password, within the frame of the site."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send whoever has no password yet to the mail with which they choose one."""
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("account_reset_password")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the frame shows."""
        frame = admin.site.each_context(self.request)
        return super().get_context_data(**kwargs) | frame | {"title": _("Change your password")}
