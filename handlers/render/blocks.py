"""The few Block Kit constructors that the bot's messages and forms are made of.

Text is cut to Slack's limit, so no constructor can build an over-long block. An
identifier or a count over the limit is a mistake of the caller and raises ValueError:
a cut identifier would route a press to the wrong place. An argument that becomes
plain_text is raw; one that becomes mrkdwn is escaped already, with `safe()` around
everything that somebody else wrote.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from handlers.render.block_kit import numbers
from handlers.render.block_kit.fitting import fit
from handlers.render.block_kit.made import (
    Block,
    button,
    confirm,
    external_select,
    file_input,
    identifier,
    mrkdwn,
    option,
    plain,
    radio_buttons,
    static_select,
    text_input,
)
from handlers.render.block_kit.outside import clean, code, escape, one_line, safe

__all__ = [
    "Block",
    "actions",
    "button",
    "clean",
    "code",
    "confirm",
    "context",
    "date",
    "divider",
    "escape",
    "external_select",
    "fields",
    "file_input",
    "fit",
    "header",
    "input_block",
    "modal",
    "mrkdwn",
    "one_line",
    "option",
    "plain",
    "radio_buttons",
    "safe",
    "section",
    "static_select",
    "text_input",
]

# A label must not eat the room of its value.
_FIELD_LABEL: Final = 200


def header(text: str) -> Block:
    """Make a large heading of raw text, at most 150 characters."""
    return {"type": "header", "text": plain(text, numbers.HEADER)}


def section(text: str, *, accessory: Block | None = None) -> Block:
    """Make a paragraph of escaped mrkdwn, at most 3,000 characters."""
    block: Block = {"type": "section", "text": mrkdwn(text, numbers.SECTION_TEXT)}
    return block if accessory is None else block | {"accessory": accessory}


def fields(pairs: Iterable[tuple[str, str]]) -> Block:
    """Make two columns of label and value, both escaped mrkdwn.

    At most 10 pairs of 2,000 characters; the tenth of a longer list counts the rest.
    Raises ValueError without a pair.
    """
    shown = [_field(label, value) for label, value in pairs]
    if not shown:
        raise ValueError("a section of fields needs at least one pair")
    texts = _counting_rest(shown, numbers.SECTION_FIELDS)
    return {"type": "section", "fields": [mrkdwn(t, numbers.FIELD_TEXT) for t in texts]}


def context(*texts: str) -> Block:
    """Make a line in small print of 1 to 10 escaped mrkdwn texts.

    The tenth of a longer list counts the rest. Raises ValueError without a text.
    """
    if not texts:
        raise ValueError("a context needs at least one text")
    shown = _counting_rest(texts, numbers.CONTEXT_ELEMENTS)
    return {"type": "context", "elements": [mrkdwn(text) for text in shown]}


def divider() -> Block:
    """Make a line across the message."""
    return {"type": "divider"}


def actions(*elements: Block, block_id: str | None = None) -> Block:
    """Make a row of 1 to 25 elements, each with its own action_id.

    Raises ValueError for another count or for an action_id that comes twice, which
    Slack refuses within one block.
    """
    if not 0 < len(elements) <= numbers.ACTIONS_ELEMENTS:
        raise ValueError(f"a row has 1 to 25 elements, not {len(elements)}")
    names = [element["action_id"] for element in elements]
    if len(set(names)) < len(names):
        raise ValueError(f"each element needs its own action_id: {names}")
    return {"type": "actions", "elements": list(elements), **_named(block_id)}


def input_block(  # noqa: PLR0913  Slack's input block has these six parts
    label: str,
    element: Block,
    *,
    block_id: str,
    optional: bool = False,
    hint: str | None = None,
    dispatch: bool = False,
) -> Block:
    """Make a form field: raw label and hint of 2,000 characters.

    `dispatch` sends a block_actions payload on each change. Raises ValueError for a
    block_id that is empty or over 255 characters.
    """
    block: Block = {
        "type": "input",
        "label": plain(label, numbers.INPUT_TEXT),
        "element": element,
        "optional": optional,
        "dispatch_action": dispatch,
        **_named(block_id),
    }
    return block | {"hint": plain(hint, numbers.INPUT_TEXT)} if hint else block


def modal(  # noqa: PLR0913  Slack's modal view has these seven parts
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str,
    private_metadata: str = "",
    submit: str | None = "Submit",
    close: str | None = "Cancel",
    notify_on_close: bool = False,
) -> Block:
    """Make a modal view: raw title and buttons of 24 characters, at most 100 blocks.

    Raises ValueError for more blocks, a callback_id over 255 or a private_metadata over
    3,000 characters (keep the state in the store and send its id).
    """
    if len(blocks) > numbers.VIEW_BLOCKS:
        raise ValueError(f"a modal has at most 100 blocks, not {len(blocks)}")
    view: Block = {
        "type": "modal",
        "title": plain(title, numbers.VIEW_TITLE),
        "blocks": list(blocks),
        "callback_id": identifier(callback_id),
        "notify_on_close": notify_on_close,
    }
    if private_metadata:
        kept = identifier(private_metadata, numbers.PRIVATE_METADATA)
        view["private_metadata"] = kept
    buttons = {"submit": submit, "close": close}
    return view | {k: plain(v, numbers.VIEW_TITLE) for k, v in buttons.items() if v}


def date(moment: datetime) -> str:
    """Mrkdwn that Slack shows in each reader's own time zone, to the second.

    A client that cannot shows the time in UTC. Raises ValueError for a moment without
    a time zone, which would be read as the server's own.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone; use datetime.now(UTC)")
    fallback = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    seconds = int(moment.timestamp())
    return f"<!date^{seconds}^{{date_short_pretty}} {{time_secs}}|{fallback}>"


def _field(label: str, value: str) -> str:
    return f"*{mrkdwn(label, _FIELD_LABEL)['text']}*\n{mrkdwn(value)['text']}"


def _counting_rest(texts: Sequence[str], most: int) -> list[str]:
    if len(texts) <= most:
        return list(texts)
    return [*texts[: most - 1], f"…and {len(texts) - most + 1} more."]


def _named(block_id: str | None) -> Block:
    return {} if block_id is None else {"block_id": identifier(block_id)}
