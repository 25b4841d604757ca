"""A dry run as text: the very messages, without anything that can be pressed.

A button in it would act on the real incident. So blocks become lines of mrkdwn, and a
button is its label in brackets.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from bot.core.incident.events import Event
from bot.core.incident.state import Incident, StepState, StepStatus
from bot.core.policy import Demand
from bot.core.runbook.pages import Runbook, StepKind
from handlers.render.blocks import Block, fit, safe
from handlers.render.message import Message
from handlers.render.step import step
from handlers.render.step_approval import groups
from handlers.render.words import Catalogue, name, plural

LONGEST: Final = 3_000
"""Characters of one message of text, well below what Slack cuts off."""
MARK: Final = ":test_tube: *Dry run, nothing is touched.*"

BETWEEN: Final = " · "
"""What stands between the parts of a line in small print."""

_DATE: Final = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
_LINK: Final = re.compile(r"<([^|>]*)\|([^>]*)>")
_PLAIN: Final = re.compile(r"<[@#]?([^>]*)>")
_SIGN: Final = re.compile(r":[a-z_]+: ?")


def begun(book: Runbook) -> str:
    """Say that a dry run begins, and what it is."""
    return (
        f"{MARK} I walk through *{name(book.title)}* and show only you each message as "
        "it would be. I run what only looks; nothing is done, kept or held."
    )


def ended(book: Runbook) -> str:
    """Say that a dry run is over."""
    return f"{MARK} That was *{name(book.title)}*. Nothing was done, kept or held."


def shown(
    state: Incident,
    one: StepState,
    demand: Demand | None,
    events: Sequence[Event],
    catalogue: Catalogue,
) -> Iterator[str]:
    """Yield the step's message as text, in as many parts as it takes.

    `demand` is what the policy demands before the act, if the step is one.
    """
    lines = [
        *lines_of(fit(step(state, one, events, catalogue).blocks)),
        f"_{demanded(demand)}_" if demand else "",
        _then(one, catalogue),
    ]
    yield from marked(filter(None, lines))


def marked(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines in as many parts as it takes, each marked as a dry run."""
    for part in parts(lines):
        yield f"{MARK}\n{part}"


def quoted(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines as a quotation: they are of a message that is not there."""
    for line in lines:
        yield "\n".join(f"> {part}" for part in line.split("\n"))


def demanded(demand: Demand) -> str:
    """Say how many must approve the act by the policy, and if nobody may run it."""
    nobody = "" if demand.runners else "nobody may run it; "
    if not demand.needed:
        return f"By the policy {nobody}it needs no approval."
    needs = (
        f"it needs {plural(demand.needed, 'approval')} by {groups(demand.approvers)}"
    )
    return f"By the policy {nobody}{needs}, and whoever asks cannot approve."


def _then(one: StepState, catalogue: Catalogue) -> str:
    """Say what the real thing would do here that a dry run does not."""
    if one.step.kind is not StepKind.ACTION or one.status is not StepStatus.READY:
        return ""
    here = "Here it would wait for a press of Run."
    if one.step.verify is None:
        return f"_{here}_"
    check = name(catalogue.title(one.step.verify))
    return f"_{here} Then the bot would look for its effect: {check}._"


def parts(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines, as many together as one message of text takes."""
    kept: list[str] = []
    for line in lines:
        if kept and sum(map(len, kept)) + len(kept) + len(line) > LONGEST:
            yield "\n".join(kept)
            kept = []
        kept.append(line)
    yield "\n".join(kept)


def lines_of(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield what the blocks say, as mrkdwn."""
    for block in blocks:
        if block["type"] == "actions":
            yield " ".join(f"[{_text(one)}]" for one in block["elements"])
            yield from _dialogs(block["elements"])
        elif block["type"] == "context":
            yield BETWEEN.join(_text(one) for one in block["elements"])
        elif "text" in block:
            yield _text(block)
        yield from (_text(one) for one in block.get("fields", ()))
        yield from (f"[{_text(one)}]" for one in _accessories(block))


def _dialogs(buttons: Iterable[Block]) -> Iterator[str]:
    """Yield what is asked before a press counts."""
    for one in buttons:
        if asks := one.get("confirm"):
            title, text, yes, no = (
                _text(asks[part]) for part in ("title", "text", "confirm", "deny")
            )
            yield f"[{_text(one)}] asks first: *{title}* {text} [{yes}] [{no}]"


def _accessories(block: Block) -> Iterator[Block]:
    if "accessory" in block:
        yield block["accessory"]


def _text(part: Mapping[str, Any]) -> str:
    """Return what a part says as mrkdwn: plain text is raw, and is escaped here."""
    text = part.get("text", "")
    if isinstance(text, Mapping):
        return _text(text)
    return safe(str(text)) if part.get("type") == "plain_text" else str(text)


def for_terminal(message: Message) -> str:
    """Return a message as a person reads it in a terminal."""
    return "\n".join(map(plain, lines_of(message.blocks)))


def plain(mrkdwn: str) -> str:
    """Return mrkdwn without Slack's signs, links and escapes."""
    told = _DATE.sub(r"\1", _SIGN.sub("", mrkdwn))
    return html.unescape(_PLAIN.sub(r"\1", _LINK.sub(r"\2 (\1)", told)))
