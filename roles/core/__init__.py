"""The rules in pure Python: no Django, no database, so that they can be proved on their own."""
