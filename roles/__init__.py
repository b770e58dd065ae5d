"""Roles and permissions for Django: a grid of modules and actions, and one place that decides."""
