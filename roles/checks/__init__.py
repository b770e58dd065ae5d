"""System checks of roles, each with an id, a hint and a test."""

from . import data, http, lists, pages, setup

__all__ = ["data", "http", "lists", "pages", "setup"]
