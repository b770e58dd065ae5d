from django.conf import settings
from django.db import models


class Posting(models.Model):
    """Where one of Django's own users works."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    territory = models.CharField(max_length=20)
