"""A rich incident card: every kind of block a message may have."""

from typing import Any

from tests.rehearsal_page.page_world import (
    ADA,
    bot_message,
    button,
    message,
    mrkdwn,
    option,
    plain,
    section,
)

Json = dict[str, Any]

CONFIRM = {
    "title": plain("Remove the participant?"),
    "text": mrkdwn("*peer-4* will drop out of `room-7` and join again."),
    "confirm": plain("Remove"),
    "deny": plain("Not now"),
    "style": "danger",
}
ACTIONS = {
    "type": "actions",
    "block_id": "step-3",
    "elements": [
        button("Confirm", "confirm", "3", style="primary"),
        button("Run", "run", "3", style="danger", confirm=CONFIRM),
        button("Skip", "skip", "3"),
        {
            "type": "static_select",
            "action_id": "hand-over",
            "placeholder": plain("Choose a runbook"),
            "options": [
                option(
                    "Token invalid or expired", "token", description=plain("fits best")
                ),
                option("Stale handshake", "handshake"),
                option("Relay is slow", "relay"),
            ],
        },
        {
            "type": "overflow",
            "action_id": "more",
            "options": [option("Export", "export"), option("Reopen", "reopen")],
        },
    ],
}


def rich(*leaves: Json) -> Json:
    part = {"type": "rich_text_section", "elements": list(leaves)}
    return {"type": "rich_text", "elements": [part]}


def text(words: str, **style: bool) -> Json:
    return {"type": "text", "text": words} | ({"style": style} if style else {})


def emoji(name: str) -> Json:
    return {"type": "emoji", "name": name}


TABLE = {
    "type": "table",
    "column_settings": [
        {"is_wrapped": True},
        {"align": "center"},
        {"is_wrapped": True},
        {"align": "right"},
    ],
    "rows": [
        [
            {"type": "raw_text", "text": word}
            for word in ("Check", "Verdict", "Saw", "ms")
        ],
        [
            {"type": "raw_text", "text": "token-endpoint"},
            rich(emoji("x"), text(" bad")),
            {"type": "raw_text", "text": "401 for room-7: the key id is not known"},
            {"type": "raw_text", "text": "212"},
        ],
        [
            {"type": "raw_text", "text": "room-state"},
            rich(emoji("white_check_mark"), text(" ok")),
            {"type": "raw_text", "text": "3 participants, all active"},
            {"type": "raw_text", "text": "48"},
        ],
        [
            {"type": "raw_text", "text": "transitions"},
            rich(emoji("grey_question"), text(" unknown")),
            {"type": "raw_text", "text": "the webhook has not been heard for 9 min"},
            {"type": "raw_text", "text": "3"},
        ],
    ],
}


def task(number: int, title: str, status: str, **more: object) -> Json:
    card = {"type": "task_card", "task_id": f"t{number}", "title": title}
    return card | {"status": status} | more


PLAN = {
    "type": "plan",
    "title": "Runbook: token invalid or expired",
    "tasks": [
        task(1, "Verify that the token endpoint answers", "complete"),
        task(
            2,
            "Force a token refresh by a reconnect",
            "error",
            output=rich(text("outcome: "), text("timed out after 10 s", code=True)),
            sources=[{"type": "url", "url": "https://docs.example/t", "text": "page"}],
        ),
        task(3, "Watch the room for five minutes", "in_progress"),
        task(4, "Tell the operators", "pending"),
    ],
}
LIST = {
    "type": "rich_text_list",
    "style": "ordered",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [text("restart the "), text("relay", bold=True)],
        },
        {"type": "rich_text_section", "elements": [{"type": "user", "user_id": ADA}]},
    ],
}
RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                text("Struck", strike=True),
                text(" slanted", italic=True),
                {"type": "broadcast", "range": "here"},
                {"type": "channel", "channel_id": "C0GENERAL"},
                {"type": "color", "value": "#2BA04B"},
                {"type": "usergroup", "usergroup_id": "S0OPS"},
                {"type": "link", "url": "https://a.example/", "text": "page"},
                {
                    "type": "date",
                    "timestamp": 0,
                    "format": "{no such part}",
                    "fallback": "long ago",
                },
                {"type": "hologram"},
            ],
        },
        LIST,
        {"type": "rich_text_quote", "elements": [text("it broke")]},
        {"type": "rich_text_preformatted", "elements": [text("GET /token 401")]},
    ],
}
HEAD = [
    {"type": "header", "text": plain(":rotating_light: Peers do not sync in room-7")},
    section(
        "*Likely:* token invalid or expired  :warning:\n> _3 of 4 checks_ agree",
        accessory=button("Open summary", "summary", "i1"),
        fields=[
            mrkdwn("*Room*\n`room-7`"),
            mrkdwn(f"*Owner*\n<@{ADA}>"),
            mrkdwn("*Opened*\n<!date^1790000000^{date_short} {time}|2026>"),
            mrkdwn("*State*\n:hourglass_flowing_sand: mitigating"),
        ],
    ),
]
FOOT = {
    "type": "context",
    "elements": [
        {
            "type": "image",
            "image_url": "https://evil.example/x.png",
            "alt_text": "logo",
        },
        mrkdwn("incident *i-12* · version 9"),
    ],
}
IMAGE = {
    "type": "image",
    "title": plain("Latency"),
    "image_url": "https://evil.example/y.png",
    "alt_text": "latency by minute",
}
MARKDOWN = {
    "type": "markdown",
    "text": "## Summary\n**Cause:** an old key.\n- found at 14:02",
}


def card(offset: float = 60) -> Json:
    """The incident's card, with its checks and its plan."""
    return bot_message(
        offset,
        *HEAD,
        {"type": "divider"},
        TABLE,
        PLAN,
        ACTIONS,
        FOOT,
        edited={"ts": "1"},
    )


def prose(offset: float = 120) -> Json:
    """Rich text, Markdown, an image, and a block that nobody knows."""
    return bot_message(
        offset, RICH, MARKDOWN, IMAGE, {"type": "video", "block_id": "v"}
    )


def talk() -> list[Json]:
    """A short talk around them."""
    return [
        message(0, ADA, "Peers in *room-7* do not sync :eyes: <!channel>"),
        message(4, ADA, "since 13:50, `handshake timeout` in the log"),
        card(),
        prose(),
    ]
