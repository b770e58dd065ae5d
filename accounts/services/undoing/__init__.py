"""Undo changes of people and of the organisation, each by the service that does the opposite."""

from . import joining, organisation, people

__all__ = ["joining", "organisation", "people"]
