"""What is remembered of incidents while they are drawn, so that little is done twice.

Of each incident drawn lately it is known what its events add up to, so that only the
events that follow are read, and what each part rests on, so that only a part of which
something has changed is drawn anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from bot.engine.memory import Memory
from bot.engine.service import Service
from handlers.easel import Easel
from handlers.render.message import Message, Part, digest
from handlers.render.timeline import Timeline, alter_the_past, timeline

KEPT: Final = 128
"""How many incidents are remembered; of the others all events are read again."""

RestsOn: TypeAlias = tuple[object, ...]


@dataclass(frozen=True)
class Sketch:
    """An incident as it was drawn last."""

    line: Timeline
    rests_on: Mapping[str, RestsOn]
    """What each part was drawn from."""

    @property
    def id(self) -> str:
        """The incident."""
        return self.line.id

    @property
    def seq(self) -> int:
        """The last event that is drawn."""
        return self.line.seq


class Sketches:
    """The sketches of the incidents that were drawn last."""

    def __init__(self, service: Service, limit: int = KEPT) -> None:
        """Remember at most so many incidents."""
        self._service = service
        self._memory: Memory[Sketch] = Memory(limit)

    async def read(self, incident: str) -> Timeline:
        """Return the timeline up to now; raise UsageError if there is none.

        The store is asked and not the service's memory, which misses a change whose
        caller was cancelled before it heard that it was saved.
        """
        known = self._memory.get(incident)
        if known is None:
            return await self._whole(incident)
        events = await self._service.events_after(incident, known.seq)
        if alter_the_past(events) or (events and not known.line.last.link):
            return await self._whole(incident)  # an opening gets its link afterwards
        return known.line.then(events) if events else known.line

    async def _whole(self, incident: str) -> Timeline:
        return timeline(incident, await self._service.events(incident))

    def draw(self, easel: Easel, line: Timeline, parts: Iterable[Part]) -> None:
        """Let the easel want these parts, and remember what they rest on."""
        made, known = tuple(parts), self._memory.get(easel.incident)
        before = known.rests_on if known else {}
        drawn = [_drawn(easel, part, before.get(part.name)) for part in made]
        digests = {message.part: told for message, told in drawn}
        easel.want((message for message, _ in drawn), digests)
        rests_on = {part.name: part.rests_on for part in made}
        self._memory.keep(Sketch(line, rests_on))


def _drawn(easel: Easel, part: Part, before: RestsOn | None) -> tuple[Message, str]:
    """Return the message and its digest: the one there is, if it is the same."""
    wanted = easel.wanted.get(part.name)
    if wanted is not None and _are_same(part.rests_on, before):
        return wanted, easel.digests[part.name]
    message = part.draw()
    return message, digest(message)


def _are_same(now: RestsOn, before: RestsOn | None) -> bool:
    """Say whether they are the very same values."""
    if before is None or len(now) != len(before):
        return False
    return all(one is other for one, other in zip(now, before, strict=True))
