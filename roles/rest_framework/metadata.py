"""What OPTIONS answers."""

from typing import Any

from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request


class PlainMetadata(BaseMetadata):
    """Name the methods and nothing of the fields: which of them are hidden is a record's matter."""

    def determine_metadata(self, request: Request, view: Any) -> dict[str, Any]:
        """Give the same to everyone who may ask."""
        return {"methods": view.allowed_methods}
