"""Policy files and policy tests from the command line."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from roles import policy
from roles.core.document import (
    dump_document,
    load_text,
    parse_policy,
    to_json,
    to_yaml,
    written_part,
)
from roles.core.errors import DocumentError, Invalid, Refused, UnknownName
from roles.core.specs import RoleSpec
from roles.management.policy_plans import plan_as_json, plan_in_words
from roles.management.policy_tests import Outcome, run_file, scratch_database
from roles.registry import registry
from roles.services.advice import advice_in_words, advice_on_all, held_roles, shipped_roles
from roles.services.applying import NotApplied, apply_policy, install_policy
from roles.services.installation import is_as_shipped
from roles.services.loading import read_roles
from roles.services.planning import Refusal, plan_policy, refusals_for_all
from roles.snapshots import read_policy


class Command(BaseCommand):
    """`policy VERB`: the verbs stand in the README, each with what it does."""

    help = "Exports, compares, applies and tests policies, explains decisions, gives advice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one of the verbs with its own arguments."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        test = verbs.add_parser("test", help="run policy tests; exit 1 if a check fails")
        test.add_argument("files", nargs="+", metavar="FILE")
        test.add_argument("--json", action="store_true", help="one JSON object as the last line")
        export = verbs.add_parser("export", help="write roles as a policy file")
        export.add_argument("--role", action="append", default=[], metavar="CODE", dest="codes")
        export.add_argument("--output", metavar="FILE")
        diff = verbs.add_parser("diff", help="say what applying a file would change; exit 1 if any")
        apply = verbs.add_parser("apply", help="make the roles as a file says, all or nothing")
        for verb in (diff, apply):
            verb.add_argument("file", metavar="FILE", help="- for standard input")
            verb.add_argument("--prune", action="store_true", help="delete roles not in the file")
        diff.add_argument("--json", action="store_true", help="one JSON object instead of words")
        apply.add_argument("--as", dest="username", metavar="USERNAME", help="as they may")
        explain = verbs.add_parser("explain", help="say whether someone may, and why")
        explain.add_argument("username", metavar="USERNAME")
        explain.add_argument("permission", metavar="PERMISSION")
        explain.add_argument("record", nargs="?", metavar="MODULE:ID")
        explain.add_argument("field", nargs="?", metavar="FIELD")
        lint = verbs.add_parser("lint", help="list the advice on roles; refuses nothing")
        lint.add_argument("file", nargs="?", metavar="FILE", help="instead of the stored roles")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        """Carry out the verb."""
        getattr(self, f"_{verb}")(**options)

    # test

    def _test(self, *, files: list[str], json: bool, **options: Any) -> None:
        texts = [(name, _read(name)) for name in files]
        outcome = Outcome()
        with scratch_database():
            for name, text in texts:
                outcome.add(self._run(name, text))
        self._report(outcome)
        if json:
            self.stdout.write(_as_json(outcome))
        if outcome.failures:
            raise SystemExit(1)

    def _run(self, name: str, text: str) -> Outcome:
        try:
            return run_file(name, text)
        except (DocumentError, NotImplementedError) as error:
            raise CommandError(f"{name}: {error}") from error

    def _report(self, outcome: Outcome) -> None:
        for failure in outcome.failures:
            doors = ", ".join(f"{door}: {answer}" for door, answer in failure.doors.items())
            self.stdout.write(
                f"{failure.file} check {failure.index}: {failure.check}\n"
                f"  expected {failure.expected}, got {failure.got} ({doors})\n"
                f"  {failure.because}"
            )
        self.stdout.write(f"{outcome.passed} passed, {len(outcome.failures)} failed")

    # explain

    def _explain(
        self, *, username: str, permission: str, record: str | None, field: str | None, **_rest: Any
    ) -> None:
        user = _person(username)
        found = policy.explain(user, permission, _record(record) if record else None, field)
        answer = "Yes" if found.decision else "No"
        self.stdout.write(f"{answer}. {found.decision.because}")
        for reason in found.reasons:
            self.stdout.write(f"- {reason}")

    # export

    def _export(self, *, codes: list[str], output: str | None, **options: Any) -> None:
        roles = {code: spec for code, (_role, spec) in read_roles(read_policy()).items()}
        if missing := [code for code in codes if code not in roles]:
            raise CommandError(f"There is no role {', '.join(missing)}.")
        specs = (written_part(roles[code], registry.catalogue) for code in codes or roles)
        document = dump_document(s for s in specs if codes or not is_as_shipped(s))
        as_json = output is not None and output.lower().endswith(".json")
        try:
            text = to_json(document) if as_json else to_yaml(document)
        except DocumentError as error:
            raise CommandError(str(error)) from error
        if output is None:
            self.stdout.write(text, ending="")
        else:
            Path(output).write_text(text, encoding="utf-8")

    # diff and apply

    def _diff(self, *, file: str, prune: bool, json: bool, **options: Any) -> None:
        plan = plan_policy(_wanted(file), prune=prune)
        refusals = refusals_for_all(plan)
        self.stdout.write(plan_as_json(plan, refusals) if json else plan_in_words(plan))
        if refusals and not json:
            self.stderr.write(_not_applied(refusals))
        if plan.steps:
            raise SystemExit(1)

    def _apply(self, *, file: str, prune: bool, username: str | None, **options: Any) -> None:
        wanted = _wanted(file)
        try:
            if username is None:
                plan = install_policy(wanted=wanted, prune=prune)
            else:
                plan = apply_policy(acting_user=_person(username), wanted=wanted, prune=prune)
        except NotApplied as refusal:
            raise CommandError(_not_applied(refusal.refusals)) from refusal
        except (Refused, Invalid) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(plan_in_words(plan))

    # lint

    def _lint(self, *, file: str | None, **options: Any) -> None:
        if file is None:
            stored = read_roles(read_policy())
            roles, around, held = {c: s for c, (_role, s) in stored.items()}, {}, held_roles()
        else:
            roles, around, held = _roles_of(file), shipped_roles(), None
        lines = [
            f"{spec.code}: {advice_in_words(advice, str)}"
            for spec, found in advice_on_all(around | roles, held=held)
            for advice in found
            if spec.code in roles
        ]
        self.stdout.write("\n".join([*lines, _counted(len(lines), len(roles))]))


def _roles_of(name: str, **options: Any) -> dict[str, RoleSpec]:
    try:
        read = parse_policy(
            load_text(_read(name), name=name),
            catalogue=registry.catalogue,
            builtins=frozenset(registry.builtin_roles),
            **options,
        )
    except DocumentError as error:
        raise CommandError(f"{name}: {error}") from error
    return {spec.code: spec for spec in read}


def _wanted(name: str) -> list[RoleSpec]:
    """Read the roles of a file; what is new of them is held against R11 when they are planned."""
    return list(_roles_of(name, lenient_privileges=True).values())


def _not_applied(refusals: Iterable[Refusal]) -> str:
    return "\n".join(["Nothing of it can be applied:", *(f"- {one}" for one in refusals)])


def _counted(pieces: int, roles: int) -> str:
    some = "1 piece of advice" if pieces == 1 else f"{pieces or 'no'} pieces of advice"
    return f"{some} on {roles} role{'' if roles == 1 else 's'}"


def _person(username: str) -> Any:
    people = get_user_model()
    person = people._default_manager.filter(**{people.USERNAME_FIELD: username}).first()
    if person is None:
        raise CommandError(f"There is no user {username!r}.")
    return person


def _record(place: str) -> Any:
    """Find the record of `MODULE:ID`, one in the trash too."""
    code, _colon, key = place.partition(":")
    try:
        models = registry.models_of(registry.module(code))
    except UnknownName as error:
        raise CommandError(str(error)) from error
    try:
        found = models[0]._base_manager.filter(pk=key).first() if models else None
    except (TypeError, ValueError, ValidationError):
        found = None
    if found is None:
        raise CommandError(f"There is no record {place!r}; write MODULE:ID, as contacts:17.")
    return found


def _read(name: str) -> str:
    try:
        if name == "-":
            return sys.stdin.read()
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name} cannot be read: {error}") from error


def _as_json(outcome: Outcome) -> str:
    return json.dumps(
        {
            "passed": outcome.passed,
            "failed": len(outcome.failures),
            "failures": [failure.as_json() for failure in outcome.failures],
            "answers": outcome.answers,
        },
        cls=DjangoJSONEncoder,
    )
