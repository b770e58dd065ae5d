"""How dates and moments are written, for every page."""
