"""Every address of the site.

Of the sign-in library only the pages that have rules here: changing an e-mail address is an
administrator's act (D3) that needs the log, and people register by pages of ours (D12).
"""

from typing import Any

from allauth.account import views as sign_in
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.contrib import admin
from django.db import transaction
from django.urls import include, path, re_path
from django.views.i18n import JavaScriptCatalog

from accounts.admin import departments, teams
from accounts.joining import approving, domains, entrance, inviting
from accounts.pages import PasswordChange, profile
from accounts.tokens import tokens
from accounts.waiting import for_admitted

from .theme import choose_theme


def own(view: Any) -> Any:
    """Keep a page of one's own second factor from whoever waits; a change stands with its entry."""
    return for_admitted(transaction.atomic(view))


handler400 = "rbac_site.refusals.bad_request"
handler403 = "rbac_site.refusals.permission_denied"
handler404 = "rbac_site.refusals.page_not_found"
handler500 = "rbac_site.refusals.server_error"

account = [
    path("login/", sign_in.login, name="account_login"),
    path("logout/", sign_in.logout, name="account_logout"),
    path("inactive/", sign_in.account_inactive, name="account_inactive"),
    path("signup/", entrance.register, name="account_signup"),
    path("signup/sent/", entrance.register_sent, name="register_sent"),
    path("signup/account/", entrance.register_account, name="register_account"),
    path("signup/link/<str:key>/", entrance.open_registration, name="register_link"),
    path("join/", entrance.accept, name="join"),
    path("join/<str:key>/", entrance.open_invitation, name="join_link"),
    path("reauthenticate/", for_admitted(sign_in.reauthenticate), name="account_reauthenticate"),
    path(
        "password/change/",
        for_admitted(PasswordChange.as_view()),
        name="account_change_password",
    ),
    path("password/reset/", sign_in.password_reset, name="account_reset_password"),
    path("password/reset/done/", sign_in.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        sign_in.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]

inside = admin.site.admin_view
organisation = [
    path("teams/", inside(teams.teams), name="teams"),
    path("teams/<str:code>/", inside(teams.team), name="team"),
    path("departments/", inside(departments.departments), name="departments"),
    path("departments/<str:code>/", inside(departments.department), name="department"),
]
joining = [
    path("invitations/", inside(inviting.invitations), name="invitations"),
    path("invitations/<int:pk>/resend/", inside(inviting.resend), name="resend_invitation"),
    path("invitations/<int:pk>/revoke/", inside(inviting.revoke), name="revoke_invitation"),
    path("registrations/", inside(approving.registrations), name="registrations"),
    path("registrations/<int:pk>/", inside(approving.registration), name="registration"),
    path("domains/", inside(domains.domains), name="domains"),
    path("domains/<int:pk>/remove/", inside(domains.remove_domain), name="remove_domain"),
]

second_factor = [
    path("", own(mfa.index), name="mfa_index"),
    path("authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("reauthenticate/", own(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("on/", own(totp.activate_totp), name="mfa_activate_totp"),
    path("off/", own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("codes/", own(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("codes/new/", own(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path(
        "codes/download/",
        own(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]

urlpatterns = [
    path("auth/second-factor/", include(second_factor)),
    path("auth/", include(account)),
    path("", include(joining)),
    path("", include(organisation)),
    path("jsi18n/", JavaScriptCatalog.as_view(), name="javascript-catalog"),
    path("profile/", profile, name="profile"),
    path("tokens/", for_admitted(tokens), name="tokens"),
    path("theme/", choose_theme, name="theme"),
    path("api/v1/", include("rbac_site.api")),
    path("", admin.site.urls),
]
