"""The policy from its TOML file, with the thresholds of a rollback that it holds.

What looks like a secret in it is not told again, neither in what is wrong with the file
nor as the name of a group.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog

from bot.cohrtz.secret_forms import BARE, BLANK, redact
from bot.core.policy import Policy
from bot.core.policy_text import ROLLBACK, PolicyRead, read_policy
from bot.core.rollback import Thresholds
from bot.core.runbook.problems import Flaw, Problem
from bot.errors import SettingsError

log = structlog.get_logger(__name__)

NO_POLICY = (
    "TRIAGE_POLICY is not set: members may open, look, confirm and resolve; nobody may "
    "run what disturbs a participant or a room, approve, export, erase, or register a "
    "release. Copy deploy/policy.example.toml, put your user groups in, check it with "
    "`triage policy FILE`, and set TRIAGE_POLICY to it."
)
"""What it means that no policy is set, and what to do."""


@dataclass(frozen=True)
class PolicyFile:
    """What the policy file says; quiet defaults without one."""

    policy: Policy = field(default_factory=Policy)
    thresholds: Thresholds = field(default_factory=Thresholds)


def read_policy_file(path: Path | None) -> PolicyFile:
    """Read the file; raise SettingsError that names every line that is wrong."""
    if path is None:
        return PolicyFile()
    read = _read(path)
    if read.flaws:
        told = (str(flaw.within(str(path))) for flaw in read.flaws)
        raise SettingsError("\n".join(told))
    return PolicyFile(read.policy, Thresholds.model_validate(read.rollback))


def say_what_it_means(policy: Policy) -> None:
    """Tell in the log, and so on the terminal, what it means if there is no policy."""
    if not policy.given:
        log.warning("policy.absent", meaning=NO_POLICY)


def policy_problems(path: Path) -> tuple[Problem, ...]:
    """Return what is wrong with the file, in the order of its lines."""
    return tuple(flaw.within(str(path)) for flaw in _read(path).flaws)


def _read(path: Path) -> PolicyRead:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 text.") from error
    read = read_policy(text, {ROLLBACK: Thresholds})
    flaws = read.flaws or _named_like_secrets(text, read.policy)
    return replace(read, flaws=tuple(map(_blanked, flaws)))


def _named_like_secrets(text: str, policy: Policy) -> Iterator[Flaw]:
    """Yield the groups that are called like a token; whoever is asked would see it."""
    for name in filter(BARE.search, policy.groups):
        at = max(text.find(name), 0)  # TOML may write it in other letters
        line = text.count("\n", 0, at) + 1
        message = f"A group cannot be named like a token ({BLANK})."
        hint = "Take it out, and revoke it where it was made."
        yield Flaw(line=line, message=message, hint=hint)


def _blanked(flaw: Flaw) -> Flaw:
    words = {"message": redact(flaw.message), "hint": redact(flaw.hint)}
    return flaw.model_copy(update=words)
