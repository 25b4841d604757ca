"""`triage policy FILE`: say what is wrong with a policy, or who may do what by it."""

import argparse
from pathlib import Path

from bot.cli.shape import tell, tell_json
from bot.cli.shapes import LintReport
from bot.core.actions import Effect
from bot.core.policy import MEMBERS, SAYS, Deed, Policy
from bot.policies import policy_problems, read_policy_file

_EFFECTS = {
    Effect.LOOKS: "only looks",
    Effect.ONE_PARTICIPANT: "disturbs one participant",
    Effect.ROOM: "disturbs a room",
    Effect.IRREVERSIBLE: "cannot be undone",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the file."""
    parser.add_argument("file", type=Path, help="the policy, a TOML file")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    """Print each problem with its file and line, or the policy; 1 if it has any."""
    problems = policy_problems(options.file)
    if options.json:
        tell_json(LintReport.of(problems).model_dump(mode="json"))
    elif problems:
        for problem in problems:
            tell(str(problem))
    else:
        _tell_policy(read_policy_file(options.file).policy)
    return 1 if problems else 0


def _tell_policy(policy: Policy) -> None:
    for deed in Deed:
        tell(f"{_who(policy.may[deed])} may {SAYS[deed]}.")
    for effect, count in policy.approvals.items():
        tell(f"Approvals for what {_EFFECTS[effect]}: {count}.")


def _who(groups: frozenset[str]) -> str:
    if MEMBERS in groups:
        return "Every full member"
    return " and ".join(sorted(groups)).capitalize() or "Nobody"
