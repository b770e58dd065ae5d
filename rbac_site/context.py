"""What every page of the site knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Tell the templates whether this is a demonstration account."""
    return {"is_demonstration": settings.DEMO}
