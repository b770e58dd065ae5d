import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class ReaderManager(BaseUserManager):
    def create_user(self, email, password=None, **values):
        reader = self.model(email=self.normalize_email(email), **values)
        reader.set_password(password)
        reader.save(using=self._db)
        return reader


class Reader(AbstractBaseUser, PermissionsMixin):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    territory = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_suspended = models.BooleanField(default=False)

    objects = ReaderManager()

    USERNAME_FIELD = "email"

    class Meta:
        ordering = ["email"]
