"""The demonstration account: its roles, its people and their records.

It exists only where `manage.py load_demo` (or `make demo`) was run, and is made the same from
the same seed at the same moment.
"""
