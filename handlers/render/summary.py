"""The summary: for the card in short, for the thread in full, as Markdown for files.

Each sentence ends with the numbers of the events that it rests on. What does not fit
is left out by sentence, oldest first, and counted.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Final

from bot.core.incident.apply import fold
from bot.core.incident.events import Event
from bot.core.incident.state import Incident, Status
from bot.core.summary import Part, Person, Section, Sentence, summarise
from handlers.render import blocks as b
from handlers.render.blocks import Block, clean
from handlers.render.words import (
    STATUS_WORDS,
    Drawn,
    flow,
    name,
    plural,
    utc,
    who,
    who_plain,
)

SHORT: Final = 1_500
"""The card's summary, in UTF-8 bytes."""
FULL: Final = 7_000
"""The summary in the thread, in UTF-8 bytes; a message holds 9,000."""
_SHORT_SENTENCE: Final = 300
_FULL_SENTENCE: Final = 1_200
_CHUNK: Final = 2_800

_WANTED_FIRST: Final = (
    "How it ended",
    "What was seen last",
    "What was done",
    "Which runbook",
    "What was reported",
)
"""What is kept when not everything fits."""

_MARKUP: Final = re.compile(r"([\\`*_\[\]<>&~|])")
_LEADING: Final = re.compile(r"^(\d*)([#+\-=.)])")


@dataclass(frozen=True)
class _Line:
    section: int
    at: int
    text: str

    @property
    def size(self) -> int:
        return len(self.text.encode("utf-8", "replace")) + 1


def short(sections: Sequence[Section]) -> str:
    """Return the summary as mrkdwn of at most about 1,500 characters."""
    told = _kept(sections, SHORT, _SHORT_SENTENCE)
    return "\n".join(text for part in told for text in part)


def resolution(incident: str, events: Sequence[Event], number: int) -> Drawn:
    """Draw the summary as of the last of `events`, the incident's nth resolution.

    Of an incident that is not resolved it is the summary so far.
    """
    state = fold(incident, events)
    return ended(state, summarise(incident, events), events[-1], number)


def ended(
    state: Incident, sections: Sequence[Section], last: Event, number: int
) -> Drawn:
    """Draw the whole summary as of `last`, the incident's nth resolution."""
    again = f" ({number})" if number > 1 else ""
    title = f"Summary{again}: {b.one_line(state.report.title, 80)}"
    told = _kept(sections, FULL, _FULL_SENTENCE)
    shown = [block for part in told for block in _paragraphs(part)]
    return Drawn(_fallback(state), [b.header(title), *shown, _footer(state, last)])


def markdown(
    incident_id: str,
    state: Incident,
    sections: Sequence[Section],
    names: Mapping[str, str],
) -> str:
    """Return the whole summary as Markdown, times in UTC, for a file or a terminal.

    `names` are those of people, by id; a person without one stays an id.
    """
    severity, room = str(state.report.severity), _escaped(state.report.title)
    about = f"room {room}" if state.report.room else room
    stands = f"{severity}, {about}: {STATUS_WORDS[state.status].lower()}."
    lines = [f"# Incident {_escaped(incident_id)}", "", stands]
    for section in sections:
        lines += ["", f"## {_escaped(section.title)}", ""]
        lines += [f"- {_written(one, names)}" for one in section.sentences]
    return "\n".join(lines) + "\n"


def _kept(
    sections: Sequence[Section], budget: int, longest: int
) -> list[tuple[str, ...]]:
    """Return the lines of each section, heading first, within the budget in bytes."""
    room, kept = budget - _headings(sections), set()
    for line in _by_worth(sections, longest):  # what does not fit is not written
        if line.size > room:
            break
        room -= line.size
        kept.add(line)
    return [_shown(at, one, kept) for at, one in enumerate(sections)]


def _headings(sections: Sequence[Section]) -> int:
    return sum(len(one.title) + len("\n**…and 1000 earlier.") for one in sections)


def _by_worth(sections: Sequence[Section], longest: int) -> Iterator[_Line]:
    """Yield each sentence as a line: the newest of each section first, then on."""
    ranked = [
        (back, _worth(section), at, sentence)
        for at, section in enumerate(sections)
        for back, sentence in enumerate(reversed(section.sentences))
    ]
    for back, _, at, sentence in sorted(ranked, key=itemgetter(0, 1)):
        yield _Line(at, -back, f"• {spoken(sentence, longest)}")


def _worth(section: Section) -> int:
    titles = _WANTED_FIRST
    return titles.index(section.title) if section.title in titles else len(titles)


def _shown(at: int, section: Section, kept: set[_Line]) -> tuple[str, ...]:
    lines = sorted((one for one in kept if one.section == at), key=lambda one: one.at)
    left = len(section.sentences) - len(lines)
    earlier = (f"…and {left} earlier.",) if left else ()
    return (f"*{section.title}*", *earlier, *(line.text for line in lines))


def spoken(sentence: Sentence, longest: int = _FULL_SENTENCE) -> str:
    """Return a sentence as mrkdwn, with the numbers of its events behind it."""
    return f"{b.mrkdwn(flow(sentence.parts), longest)['text']} {_numbers(sentence)}"


def _numbers(sentence: Sentence) -> str:
    return f"[{','.join(map(str, sentence.rests_on))}]"


def _paragraphs(lines: Sequence[str]) -> list[Block]:
    made, held = [], ""
    for line in lines:
        if held and len(held) + len(line) + 1 > _CHUNK:
            made.append(b.section(held))
            held = ""
        held = f"{held}\n{line}" if held else line
    return [*made, b.section(held)]


def _footer(state: Incident, last: Event) -> Block:
    what = f"Incident {name(state.id)}, as of event {last.seq}"
    return b.context(f"{what}, {b.date(last.at)}. The numbers are those of events.")


def _fallback(state: Incident) -> str:
    room, by = name(state.report.title, 80), who(state.settled_by or "")
    if state.status is not Status.RESOLVED:
        return f"The incident in {room} so far: {STATUS_WORDS[state.status].lower()}."
    left = f" {plural(len(state.failing), 'check')} not ok." if state.failing else ""
    return f"Incident in {room} resolved by {by}.{left} Its summary is here."


def _written(sentence: Sentence, names: Mapping[str, str]) -> str:
    told = _escaped("".join(_plain(part, names) for part in sentence.parts))
    return f"{told} {_numbers(sentence)}"


def _plain(part: Part, names: Mapping[str, str]) -> str:
    if isinstance(part, Person):
        return who_plain(names.get(part.id, part.id))
    return utc(part) if isinstance(part, datetime) else part


def _escaped(text: str) -> str:
    """Return outside text on one line, with all that Markdown would read escaped."""
    shown = clean(text, len(text) + 1)
    line = " / ".join(part for part in map(str.strip, shown.split("\n")) if part)
    return _LEADING.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", line))
