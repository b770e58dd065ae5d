"""Another process of the same site: it asks and changes what its standard input says.

Commands and answers are JSON, one a line.
"""

import json
import sys
from collections.abc import Callable
from typing import Any


def commands() -> dict[str, Callable[..., Any]]:
    """Give what a worker can do, by name."""
    from . import changes, sides  # only once Django is set up

    visitors: dict[tuple[str, str], sides.Visitor] = {}

    def ask(side: str, session_key: str, name: str) -> bool:
        key = (side, session_key)
        if key not in visitors:
            visitors[key] = sides.Visitor(sides.SIDES[side], session_key)
        return visitors[key].page(name)[1]

    functions = (
        changes.set_grant,
        changes.set_held,
        changes.set_group_permission,
        changes.set_in_group,
    )
    return {"ask": ask} | {function.__name__: function for function in functions}


def main() -> None:
    """Answer until the input ends."""
    import django

    django.setup()
    known = commands()
    for line in sys.stdin:
        name, arguments = json.loads(line)
        print(json.dumps(known[name](**arguments)), flush=True)


if __name__ == "__main__":
    main()
