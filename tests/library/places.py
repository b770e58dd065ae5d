"""Where things lie."""

from pathlib import Path

PROJECT = Path(__file__).parent / "project"
ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "adopting.md"
