"""Migrate the library, ask what the test wants to know, and print the answers as JSON.

Run with `-S` and a PYTHONPATH of exactly the wheel, Django and this folder; the questions come
as JSON on standard input, the answers are the last line of standard output.
"""

import importlib.abc
import json
import sys

# What a project without the CRM and without any extra does not have.
ABSENT = {"accounts", "allauth", "crm", "guardian", "rbac_site", "rest_framework", "yaml"}


class Absence(importlib.abc.MetaPathFinder):
    """Make the absent absent, wherever they may lie, and remember who asked for them."""

    def __init__(self):
        self.asked = []

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            self.asked.append(name)
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def main():
    absence = Absence()
    sys.meta_path.insert(0, absence)
    questions = json.load(sys.stdin)

    import django

    django.setup()

    from asking import adoption, decisions, examples, gaps, pages
    from asking.world import World
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    ran = examples.run(questions["examples"])
    call_command("flush", interactive=False, verbosity=0)
    world = World()
    answers = {
        "examples": ran,
        "decisions": decisions.ask(world, questions["decisions"]),
        "lists": decisions.ask_lists(world, questions["lists"]),
        **decisions.ask_the_rest(world),
        "pages": pages.ask(world),
        "costs": pages.ask_costs(world),
        **adoption.ask(world),
    }
    answers["asked for the absent"] = list(absence.asked)
    answers["gaps"] = gaps.ask(world)
    answers["imported"] = adoption.imported()
    answers["going back"] = adoption.ask_going_back()
    # Last: afterwards this process would ask the scratch database.
    answers["commands"] = adoption.ask_commands()
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
