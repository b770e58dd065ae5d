"""Tests are shared out among processes that each look for them: all have to find the same ones."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_every_process_finds_the_same_tests_at_any_moment():
    """A name made of a random value, a moment or the order of a set is another every time."""
    first, second = _names("1"), _names("2")
    assert len(first) > 1000
    assert first == second


def _names(seed: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"],
        env={**os.environ, "PYTHONHASHSEED": seed},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in done.stdout.splitlines() if "::" in line]
