"""Judges all that the bot said: to Slack, in its answers, and in its log."""

import re
from dataclasses import dataclass

from tests.fuzz import soundness
from tests.fuzz.soundness import must, seen

OURS = re.compile(soundness.OURS.pattern + r"|<#C0INC>|<@(?!U0LEFT|U66)U[A-Z0-9]{2,}>")
"""Markup that the bot writes itself: who did something, and in which channel.

Hostile words call U666 and U0LEFT, who never do anything: nobody else put these there.
"""

SAYING = ("chat.postMessage", "chat.update", "chat.postEphemeral")
SHOWING = ("views.open", "views.update")
NOT_IN_ORDER = re.compile("invalid_(blocks|arguments|metadata|attach)|no_text|too_long")
"""How Slack calls what it would refuse to anybody."""


@dataclass(frozen=True)
class Heard:
    """What came of one request."""

    status: int
    body: object
    """The answer's JSON, or its text."""
    logged: tuple[dict, ...]
    calls: tuple
    """What the bot asked of Slack meanwhile; entries of the journal."""

    @property
    def events(self):
        return {one["event"] for one in self.logged}

    @property
    def is_refused(self):
        return "request.refused" in self.events

    @property
    def told(self):
        """The texts that were written to people."""
        return [one.arguments["text"] for one in self.calls if one.name in SAYING]


def judge(heard):
    """Whatever was asked: it is answered, and nothing unsound was said anywhere."""
    must(
        heard.status in {200, 202, 400, 401, 404, 413},
        f"{heard.status}: {heard.body!r}, {heard.logged}",
    )
    must(heard.status in {200, 202} or heard.body, f"{heard.status} without a reason")
    for one in heard.calls:
        call(one)
    for one in heard.logged:
        logged(one)


def logged(line):
    """No line of the log tells of an error of ours."""
    unhurt = line["log_level"] not in ("error", "critical") and "trace" not in line
    must(unhurt and not line.get("exc_info"), f"the log: {line}")


def call(entry):
    """What Slack is asked for is in order, and what is said is sound."""
    given = entry.arguments
    must(not NOT_IN_ORDER.search(entry.outcome), f"{entry.name}: {entry.outcome}")
    if entry.name in SAYING:
        soundness.message(given["text"], given.get("blocks") or [], OURS)
        must(given.get("mrkdwn", True) and not given.get("link_names"), f"{given}")
        must(not given.get("parse"), f"names are looked for in {given['text']!r}")
    elif entry.name in SHOWING:
        soundness.view(given["view"], OURS)


def answer(heard):
    """What a command was answered is sound; a refusal has words; it is not silent."""
    if isinstance(heard.body, dict):
        blocks = heard.body.get("blocks") or []
        soundness.message(heard.body["text"], blocks, OURS)
        must(heard.body["response_type"] == "ephemeral", "everybody sees the answer")
    must(heard.body or not heard.is_refused, "a command is refused without a word")


def beside(heard, view):
    """What a form was answered stands beside its fields, or in its place."""
    body = heard.body or {}
    action = body.get("response_action", "clear")
    must(action in ("clear", "errors", "update"), f"{body}")
    if action == "update":
        soundness.view(body["view"], OURS)
    fields = {one["block_id"] for one in view["blocks"] if "block_id" in one}
    must(action != "errors" or body["errors"], "a form is refused without a word")
    for field, why in body.get("errors", {}).items():
        must(field in fields and why.strip(), f"no reason beside {field!r}: {why!r}")
        seen(why)
    must(action != "clear" or not heard.is_refused or heard.told, "refused in silence")


def whispered(heard):
    """Whoever pressed or chose something in vain is written to."""
    must(heard.told or not heard.is_refused, "a press is refused without a word")
