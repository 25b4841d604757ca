"""Blocks dropped until a message is within Slack's count and text budget."""

from collections.abc import Sequence
from typing import Final

from handlers.render.block_kit import numbers
from handlers.render.block_kit.budget import text_bytes
from handlers.render.block_kit.made import Block, mrkdwn

# "…and 12345 more." with its three-byte ellipsis.
_LINE_BYTES: Final = 24


def fit(blocks: Sequence[Block]) -> list[Block]:
    """Blocks of one message: at most 50, with at most 9,000 UTF-8 bytes of text.

    Dropped from the end, with a line "…and N more." in their place. An `actions` block
    stays while anything else can go, so that a long card can still be pressed. A block
    that is over the budget by itself goes first.
    """
    sizes = [text_bytes(block) for block in blocks]
    if _within(len(blocks), sum(sizes)):
        return list(blocks)
    return _with_line(blocks, _dropped(blocks, sizes))


def _within(count: int, size: int) -> bool:
    return count <= numbers.MESSAGE_BLOCKS and size <= numbers.MESSAGE_BYTES


def _dropped(blocks: Sequence[Block], sizes: Sequence[int]) -> frozenset[int]:
    count, size = len(blocks) + 1, sum(sizes) + _LINE_BYTES
    gone: set[int] = set()
    for at in _least_wanted_first(blocks, sizes):
        if _within(count, size):
            break
        gone.add(at)
        count, size = count - 1, size - sizes[at]
    return frozenset(gone)


def _least_wanted_first(blocks: Sequence[Block], sizes: Sequence[int]) -> list[int]:
    def wanted(at: int) -> tuple[bool, bool]:
        hopeless = sizes[at] > numbers.MESSAGE_BYTES - _LINE_BYTES
        return not hopeless, blocks[at]["type"] == "actions"

    return sorted(range(len(blocks) - 1, -1, -1), key=wanted)


def _with_line(blocks: Sequence[Block], gone: frozenset[int]) -> list[Block]:
    line = {"type": "context", "elements": [mrkdwn(f"…and {len(gone)} more.")]}
    first = min(gone)
    before = list(blocks[:first])
    after = [block for at, block in enumerate(blocks) if at > first and at not in gone]
    return [*before, line, *after]
