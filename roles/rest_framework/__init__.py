"""The adopter's kit for Django REST framework, with the extra `api`; nothing else imports it."""
