"""Policy tests: a small world, made in a scratch database, and the decisions expected in it."""

from .runner import Outcome, run_file
from .scratch import scratch_database

__all__ = ["Outcome", "run_file", "scratch_database"]
