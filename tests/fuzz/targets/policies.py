"""The policy file: read whole, or every flaw told with its line."""

from pathlib import Path

from bot.core.policy import Deed
from bot.core.policy_text import ROLLBACK, read_policy
from bot.core.rollback import Thresholds
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import must, seen

ROOT = Path(__file__).parents[3]


def setup():
    example = (ROOT / "deploy" / "policy.example.toml").read_text("utf-8")
    bare = "\n".join(
        line for line in example.splitlines() if not line.lstrip().startswith("#")
    )
    return (bare, example)


def case(seeds, rng):
    found = read_policy(mutations.text(rng, seeds), {ROLLBACK: Thresholds})
    for flaw in found.flaws:
        must(flaw.message.strip(), "a flaw without words")
        must(flaw.line >= 1, f"line {flaw.line}")
        seen(str(flaw.within("policy.toml")))
    if found.flaws:
        return "refused"
    must(set(found.policy.may) == set(Deed), "a deed without an entry")
    Thresholds.model_validate(found.rollback)
    return "taken"


TARGET = Target("policies", "the policy file", 1_100, setup, case)
