"""The page of a role's history: who changed it, when and how, and who was given it."""

from .role_pages import RolePages


class RoleHistory(RolePages):
    """Show the kit's history under the roles' own way back."""

    history_template = "roles/admin/role_history.html"
    history_size = 200
