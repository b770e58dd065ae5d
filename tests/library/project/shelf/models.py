from django.conf import settings
from django.db import models

from roles.models import Share
from roles.querysets import GovernedQuerySet


class Branch(models.Model):
    """A place with shelves; it has no owner, and what is deleted of it is gone."""

    name = models.CharField(max_length=100)

    objects = GovernedQuerySet.as_manager()

    def __str__(self):
        return self.name


class Book(models.Model):
    title = models.CharField(max_length=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,  # the index below begins with it
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = GovernedQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]
        permissions = [("catalogue_book", "Can catalogue book")]
        indexes = [
            models.Index(fields=["owner", "title", "id"], name="shelf_book_owner_title"),
            models.Index(fields=["title", "id"], name="shelf_book_title"),
        ]

    def __str__(self):
        return self.title


class BookShare(Share):
    record = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="shares")


class Note(models.Model):
    """A model that no module governs: Django's permissions stay what they were for it."""

    text = models.TextField()

    objects = GovernedQuerySet.as_manager()

    def __str__(self):
        return self.text
