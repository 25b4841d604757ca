"""What must hold of whatever is said, however hostile it was that it was said about."""

import re

from handlers.render.limits import message_problems, options_problems, view_problems
from tests.fuzz.mutations import UNSEEN

OURS = re.compile(
    r"<@U0(?:ANN|BEN)>"
    r"|<!date\^\d+\^[^|<>]*\|[\dTZ:-]+>"
    r"|&(?:lt|gt|amp);"
)
"""The markup that the bot itself writes."""

SECRET = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]|[" + "".join(UNSEEN) + "]"
)
"""What nobody sees: controls, halves of characters, and what turns text round."""

FENCE = re.compile("```")


class Finding(AssertionError):  # noqa: N818  named for what it is
    """Something that must never be so is so; the text says what."""


def must(holds, what):
    """Raise Finding unless it holds."""
    if not holds:
        raise Finding(what)


def seen(text, what="text"):
    """Nothing in it hides, turns round what is read, or speaks to a terminal."""
    must(isinstance(text, str), f"{what} is no text: {text!r}")
    hidden = SECRET.search(text)
    must(not hidden, f"{what} hides {hidden and hidden[0]!r}: {text!r}")


def refusal(error):
    """A refusal says why, and can be shown as it is."""
    why = str(error)
    must(why.strip(), f"{type(error).__name__} without a reason")
    seen(why, "a refusal")


def refusal_in_slack(error):
    """A refusal says why, and nothing in it is markup: Slack shows it to a person."""
    refusal(error)
    mrkdwn(str(error))


def mrkdwn(text, ours=OURS):
    """It calls nobody, leads nowhere that it does not say, and closes its fences."""
    seen(text, "mrkdwn")
    left = ours.sub("", text)
    must("<" not in left, f"markup in {text!r}")
    must("&" not in left, f"a bare & in {text!r}")
    must(len(FENCE.findall(text)) % 2 == 0, f"an open fence in {text!r}")


def message(text, blocks, ours=OURS):
    """It is within Slack's limits, and every text in it is sound."""
    found = message_problems({"text": text, "blocks": blocks})
    must(not found, f"{found}")
    mrkdwn(text, ours)
    _within(blocks, ours)


def view(shown, ours=OURS):
    """It is within Slack's limits, and every text in it is sound."""
    found = view_problems(shown)
    must(not found, f"{found}")
    _within(shown, ours)


def offered(options):
    """A type-ahead's answer is within Slack's limits, and every text in it is sound."""
    found = options_problems(options)
    must(not found, f"{found}")
    _within(options, OURS)


def _within(part, ours):
    if isinstance(part, list | tuple):
        for one in part:
            _within(one, ours)
    elif isinstance(part, dict):
        _text_object(part, ours)
        for one in part.values():
            _within(one, ours)


def _text_object(part, ours):
    kind, text = part.get("type"), part.get("text")
    if kind == "mrkdwn":
        mrkdwn(text, ours)
    elif kind in ("plain_text", "text") and text is not None:
        seen(text, kind)
    must(kind not in ("broadcast", "link"), f"a {kind} element: {part}")
