"""A decision that carries its reason and can be used as a bool."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one question; `because` says what spoke for it, or who was silent.

    `concealed` asks a door to answer as for a name that does not exist: what the question named
    is hidden from the person, or is nothing (R17, R23).
    """

    allowed: bool
    because: str
    concealed: bool = False

    def __bool__(self) -> bool:
        return self.allowed


def allow(because: str) -> Decision:
    """Say yes, naming the grant that gives it."""
    return Decision(True, because)


def deny(because: str) -> Decision:
    """Say no, naming the rule or the silence behind it."""
    return Decision(False, because)


def conceal(because: str) -> Decision:
    """Say no about something that the person may not know of; `because` is for administrators."""
    return Decision(False, because, concealed=True)
