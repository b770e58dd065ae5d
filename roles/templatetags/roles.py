"""Ask for permissions whose names the template language cannot spell."""

from typing import Any

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def has_perm(context: template.Context, name: str, record: Any = None) -> bool:
    """Tell whether the page's user may do `name`, on `record` where one is given.

    `{% has_perm "report.export" record as may %}`; without a user in the context, no.
    """
    user = context.get("user")
    return bool(user is not None and user.has_perm(name, record))
