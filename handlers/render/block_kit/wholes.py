"""Rules that see a whole message or view: identifiers, counts, budgets, the submit.

`block_id` must be unique in a message or view, `action_id` within its block
(docs.slack.dev, read 2026-11-23: "unique among all other action_ids in the containing
block"; several apps report invalid_blocks for two in one actions block).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from handlers.render.block_kit import numbers
from handlers.render.block_kit.budget import text_bytes
from handlers.render.block_kit.rules import Found, refuse

# Of these Slack takes one in a message.
_SINGLE: Final = ("table", "plan")


def check_identifiers(blocks: Sequence[object], found: Found) -> None:
    """Refuse a block_id or, within one block, an action_id that comes twice."""
    seen: set[str] = set()
    for place, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        at = f"/blocks/{place}"
        _once(block, "block_id", at, (seen, found))
        names: set[str] = set()
        for where, element in _elements(block, at):
            _once(element, "action_id", where, (names, found))


def check_focus(blocks: Sequence[object], found: Found) -> None:
    """Refuse a second element with focus_on_load."""
    focused = [
        where
        for place, block in enumerate(blocks)
        if isinstance(block, dict)
        for where, element in _elements(block, f"/blocks/{place}")
        if element.get("focus_on_load") is True
    ]
    for where in focused[1:]:
        refuse(found, f"{where}/focus_on_load", "focus one element only")


def check_message_wide(blocks: Sequence[object], found: Found) -> None:
    """Refuse two tables or plans, too much markdown, and too much text altogether."""
    for name in _SINGLE:
        places = [at for at, block in enumerate(blocks) if _type(block) == name]
        for at in places[1:]:
            refuse(found, f"/blocks/{at}", f"send one {name} in a message")
    markdown = sum(map(_markdown_length, blocks))
    if markdown > numbers.MARKDOWN_TEXT:
        message = f"cut all markdown to {numbers.MARKDOWN_TEXT} characters"
        refuse(found, "/blocks", message)
    size = text_bytes(blocks)
    if size > numbers.MESSAGE_BYTES:
        message = f"cut all text to {numbers.MESSAGE_BYTES} bytes, there are {size}"
        refuse(found, "/blocks", message, "msg_blocks_too_long")


def check_submit(view: dict[str, object], found: Found) -> None:
    """Refuse a modal that asks for input and cannot be submitted."""
    blocks = view.get("blocks")
    listed = blocks if isinstance(blocks, (list, tuple)) else ()
    asks = any(_type(block) == "input" for block in listed)
    if asks and _type(view) == "modal" and "submit" not in view:
        refuse(found, "/submit", "add a submit button: the modal has an input")


def check_view_size(view: Mapping[str, object], found: Found) -> None:
    """Refuse a view that is too large as JSON."""
    size = len(json.dumps(view, default=str))
    if size > numbers.VIEW_BYTES:
        message = f"cut the view to {numbers.VIEW_BYTES} bytes, there are {size}"
        refuse(found, "", message, "view_too_large")


def _once(
    part: Mapping[str, object], key: str, at: str, so_far: tuple[set[str], Found]
) -> None:
    seen, found = so_far
    name = part.get(key)
    if not isinstance(name, str):
        return
    if name in seen:
        refuse(found, f"{at}/{key}", f"use another {key}, {name!r:.60} is taken")
    seen.add(name)


def _elements(
    block: Mapping[str, object], at: str
) -> Iterator[tuple[str, Mapping[str, object]]]:
    for key in ("accessory", "element"):
        part = block.get(key)
        if isinstance(part, dict):
            yield f"{at}/{key}", part
    several = block.get("elements")
    if isinstance(several, (list, tuple)):
        for place, part in enumerate(several):
            if isinstance(part, dict):
                yield f"{at}/elements/{place}", part


def _type(block: object) -> object:
    return block.get("type") if isinstance(block, dict) else None


def _markdown_length(block: object) -> int:
    text = block.get("text") if isinstance(block, dict) else None
    return len(text) if _type(block) == "markdown" and isinstance(text, str) else 0
