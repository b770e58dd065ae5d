"""What can be the key of a record at all."""

from django.core.exceptions import ValidationError
from django.db.models import Model


def is_key(model: type[Model], text: str) -> bool:
    """Tell whether `text` could be a record's key, as pages write it; none other is looked for.

    Django and databases answer a question by another text with an error.
    """
    try:
        return str(model._meta.pk.clean(text, None)) == text
    except ValidationError:
        return False
