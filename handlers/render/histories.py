"""The connection states of a room's participants, a line for each of them."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.core.transitions import Counted, Transition
from handlers.render import blocks as b
from handlers.render.blocks import Block
from handlers.render.words import literal, name, plural

PARTICIPANTS: Final = 4
"""How many participants are shown: the one asked about, then who moved last."""
STATES: Final = 5
"""How many states are shown of each, the last ones."""


def histories(
    transitions: Sequence[Transition],
    participant: str | None,
    counted: Sequence[Counted] = (),
) -> Iterator[Block]:
    """Draw who came and went; nothing if nobody did.

    Of those whose transitions were `counted` and not listed it is told how many.
    """
    if not transitions:
        return
    by_identity: dict[str, list[Transition]] = {}
    for one in reversed(transitions):
        by_identity.setdefault(one.identity, []).insert(0, one)
    ordered = sorted(by_identity, key=lambda identity: identity != participant)
    counts = {one.identity: one for one in counted}
    lines = [
        _line(who, by_identity[who], counts.get(who)) for who in ordered[:PARTICIPANTS]
    ]
    rest = len(ordered) - len(lines)
    if rest:
        lines.append(f"and {plural(rest, 'more participant')}")
    yield b.section("\n".join(["*Connection states*", *lines]))


def _line(identity: str, moves: Sequence[Transition], counted: Counted | None) -> str:
    states = [_state(one) for one in moves[-STATES:]]
    if counted is not None:
        states.insert(0, f"{counted.times} more since {b.date(counted.first)} …")
    elif len(moves) > STATES:
        states.insert(0, "…")
    return f"{literal(identity, 80)}: {' → '.join(states)}"


def _state(one: Transition) -> str:
    why = f" ({name(one.reason, 60)})" if one.reason else ""
    return f"{b.date(one.at)} {one.move}{why}"
