"""A decision that carries its reason and can be used as a bool."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one question; `because` says what spoke for it, or who was silent."""

    allowed: bool
    because: str

    def __bool__(self) -> bool:
        return self.allowed


def allow(because: str) -> Decision:
    """Say yes, naming the grant that gives it."""
    return Decision(True, because)


def deny(because: str) -> Decision:
    """Say no, naming the rule or the silence behind it."""
    return Decision(False, because)
