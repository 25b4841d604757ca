"""The forms: opening an incident, saying why, and a notice; and the type-ahead lists.

Fields are read by their action id. Slack keeps what was typed in a field whose
block_id stays the same, so the block_id of the transitions changes with what is
prefilled (docs.slack.dev, views.update); every other block_id equals its action id.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bot.core.report import MAX_NAME, MAX_WORDS, MEANING, Reproduces, Severity
from bot.core.runbook.asks import LONGEST_LINK
from bot.core.runbook.pages import Ask, AskKind
from handlers.refs import FormMemo
from handlers.render import blocks as b
from handlers.render.block_kit import numbers
from handlers.render.blocks import Block

OPEN_FORM: Final = "triage:open"
WORDS_FORM: Final = "triage:words"
ANSWERS_FORM: Final = "triage:answers"
NOTICE: Final = "triage:notice"
"""Callback ids of the views."""

ROOM: Final = "triage:room"
PARTICIPANT: Final = "triage:participant"
PACKET_TYPE: Final = "triage:packet-type"
REQUEST_ID: Final = "triage:request-id"
TRANSITIONS: Final = "triage:transitions"
REPRODUCES: Final = "triage:reproduces"
SEVERITY: Final = "triage:severity"
WORDS: Final = "triage:words-typed"
ASKED: Final = "triage:ask:"
FILES: Final = "triage:files"
"""Action ids of the fields."""

MAX_OFFERED: Final = numbers.OPTION_VALUE
"""The longest name, in characters, that a menu can hand back."""
MAX_OPTIONS: Final = numbers.OPTIONS

PACKET_TYPES: Final[tuple[str, ...]] = (
    "SYNC_REQ",
    "SYNC_CLAIM",
    "DATA_CHUNK",
    "HANDSHAKE",
    "CONSISTENCY_CHECK",
    "INVITE_REQ",
    "INVITE_ACK",
    "INVITE_NACK",
    "UNICAST_REQ",
    "UNICAST_ACK",
)
"""The app's packet types, in the order of their numbers (p2p_packet.proto)."""


@dataclass(frozen=True)
class Filled:
    """What a form is opened with; the raw text of each field."""

    room: str | None = None
    participant: str | None = None
    packet_type: str | None = None
    request_id: str = ""
    transitions: str = ""
    reproduces: Reproduces = Reproduces.NOT_TRIED
    severity: Severity = Severity.SEV3
    words: str = ""


def triage_form(memo: FormMemo, filled: Filled | None = None) -> Block:
    """Return the modal that opens an incident: the triage template, and severity.

    Choosing a room sends a block_actions payload (action id `ROOM`), to which the
    form is drawn anew with the room's transitions in `filled`.
    """
    given = filled or Filled()
    return b.modal(
        "Open an incident",
        _fields(given),
        callback_id=OPEN_FORM,
        private_metadata=memo.encoded(),
        submit="Open",
    )


def words_form(memo: FormMemo, title: str, question: str) -> Block:
    """Return the modal that asks why; `title` (24 characters) and question are raw."""
    typed = b.text_input(WORDS, multiline=True, max_length=MAX_WORDS)
    return b.modal(
        title,
        [b.input_block(question, typed, block_id=WORDS)],
        callback_id=WORDS_FORM,
        private_metadata=memo.encoded(),
        submit="Save",
    )


def answers_form(memo: FormMemo, asks: Iterable[Ask], *, attested: bool) -> Block:
    """Return the modal that asks what a step asks of one person, or of each of two."""
    fields = [
        b.input_block(ask.question, _field(ask), block_id=field_of(ask)) for ask in asks
    ]
    return b.modal(
        "Attest this step" if attested else "What did you see?",
        [b.section(_ATTESTING), *fields] if attested else fields,
        callback_id=ANSWERS_FORM,
        private_metadata=memo.encoded(),
        submit="Attest" if attested else "Save",
    )


_ATTESTING: Final = (
    "You vouch for this with your name. Somebody else attests it too: say what you saw "
    "yourself, not what they said."
)


def field_of(ask: Ask) -> str:
    """Return the action id of the field that an ask is answered in."""
    return f"{ASKED}{ask.name}"


def _field(ask: Ask) -> Block:
    if ask.kind is AskKind.CHOICE:
        return b.radio_buttons(
            field_of(ask), [b.option(_shown(one), one) for one in ask.choices]
        )
    most = LONGEST_LINK if ask.kind is AskKind.LINK else MAX_NAME
    return b.text_input(
        field_of(ask), max_length=most, placeholder=_PLACEHOLDER[ask.kind]
    )


_PLACEHOLDER: Final = {
    AskKind.LINK: "https://",
    AskKind.NUMBER: "A number",
    AskKind.NAME: "One line",
}


def notice_form(title: str, text: str) -> Block:
    """Return a modal that only says something; both are raw."""
    said = b.section(b.safe(text))
    return b.modal(title, [said], callback_id=NOTICE, submit=None, close="Close")


def options(names: Iterable[str], typed: str = "") -> dict[str, list[Block]]:
    """Return the answer to a type-ahead: names with `typed` in them, at most 100.

    What was typed is offered first when no name equals it. A name over 150 characters
    cannot be handed back by Slack and is left out; `/triage` in one line takes it.
    """
    wish = b.one_line(typed, MAX_NAME)
    fitting = [one for one in dict.fromkeys(names) if _offerable(one)]
    near = [one for one in fitting if wish.casefold() in one.casefold()]
    own = [wish] if _offerable(wish) and wish not in fitting else []
    made = [_use(one) for one in own] + [b.option(_shown(one), one) for one in near]
    return {"options": made[:MAX_OPTIONS]}


def _fields(given: Filled) -> list[Block]:
    return [
        _room(given.room),
        _participant(given.participant),
        _packet_type(given.packet_type),
        _request_id(given.request_id),
        _transitions(given.transitions),
        _reproduces(given.reproduces),
        _severity(given.severity),
        _words(given.words),
        _files(),
    ]


def _room(room: str | None) -> Block:
    return b.input_block(
        "Room",
        _name_of(ROOM, room, "Choose or type a room"),
        block_id=ROOM,
        hint="The LiveKit room's name, as the app's logs show it.",
        dispatch=True,
    )


def _participant(participant: str | None) -> Block:
    return b.input_block(
        "Participant",
        _name_of(PARTICIPANT, participant, "Choose or type an identity"),
        block_id=PARTICIPANT,
        optional=True,
        hint="The LiveKit identity of the participant who has the problem.",
        dispatch=True,
    )


def _name_of(action: str, given: str | None, placeholder: str) -> Block:
    """Make a menu; a name that a menu cannot hand back is typed into a field."""
    if given and not _offerable(given):
        return b.text_input(action, max_length=MAX_NAME, initial=given)
    initial = b.option(_shown(given), given) if given else None
    return b.external_select(
        action, placeholder=placeholder, min_query_length=0, initial=initial
    )


def _packet_type(packet_type: str | None) -> Block:
    own = [packet_type] if packet_type and _offerable(packet_type) else []
    known = [b.option(_shown(t), t) for t in dict.fromkeys((*PACKET_TYPES, *own))]
    menu = b.static_select(
        PACKET_TYPE, known, placeholder="Not known", initial=packet_type
    )
    return b.input_block("Packet type", menu, block_id=PACKET_TYPE, optional=True)


def _request_id(request_id: str) -> Block:
    typed = b.text_input(REQUEST_ID, max_length=MAX_NAME, initial=request_id)
    return b.input_block("Request id", typed, block_id=REQUEST_ID, optional=True)


def _transitions(prefilled: str) -> Block:
    typed = b.text_input(
        TRANSITIONS,
        multiline=True,
        max_length=MAX_WORDS,
        initial=b.clean(prefilled, MAX_WORDS),
    )
    return b.input_block(
        "Connection state transitions",
        typed,
        block_id=_changing(TRANSITIONS, prefilled),
        optional=True,
        hint="Filled in with what the bot has recorded of the room, times in UTC.",
    )


def _changing(name: str, content: str) -> str:
    mark = hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{name}:{mark}"


def _reproduces(answer: Reproduces) -> Block:
    choices = [b.option(one.value.capitalize(), one.value) for one in Reproduces]
    radio = b.radio_buttons(REPRODUCES, choices, initial=answer)
    label = "Does it happen again after a handshake or sync retry?"
    return b.input_block(label, radio, block_id=REPRODUCES)


def _severity(severity: Severity) -> Block:
    choices = [b.option(f"{one} — {MEANING[one]}", one.value) for one in Severity]
    menu = b.static_select(SEVERITY, choices, initial=severity)
    return b.input_block("Severity", menu, block_id=SEVERITY)


def _words(words: str) -> Block:
    typed = b.text_input(WORDS, multiline=True, max_length=MAX_WORDS, initial=words)
    return b.input_block(
        "What do people see?",
        typed,
        block_id=WORDS,
        optional=True,
        hint="No keys, invite codes or tokens: it is shown in the channel.",
    )


def _files() -> Block:
    return b.input_block(
        "Logs and databases",
        b.file_input(FILES),
        block_id=FILES,
        optional=True,
        hint="Read confined for counts and states, then dropped; nothing of their "
        "content is kept or shown. More can be dropped into the thread later.",
    )


def _offerable(name: str) -> bool:
    return bool(name.strip()) and len(name) <= MAX_OFFERED


def _shown(name: str) -> str:
    return b.one_line(name, numbers.OPTION_TEXT) or "(unprintable)"


def _use(typed: str) -> Block:
    frame = len("Use “”")
    return b.option(f"Use “{b.one_line(typed, numbers.OPTION_TEXT - frame)}”", typed)
