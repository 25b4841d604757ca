"""Values of the state while they are being counted on; opened and closed by the fold.

A frozen value for every packet would cost more than a tenth of what verifying its
signature costs; so many packets are counted on one draft, which then is frozen.
"""

from bot.cohrtz.packets.state import NEW_SENDER, RUN_GAP, Mark, Seen, Sender


class Count:
    """A Seen that is being counted on."""

    __slots__ = ("began", "first", "last", "lasted", "longest", "run", "times")

    def __init__(self, seen: Seen | None) -> None:
        """Go on from what was seen before."""
        before = NEVER if seen is None else seen
        self.times, self.first, self.last = before.times, before.first, before.last
        self.run, self.began = before.run, before.began
        self.longest, self.lasted = before.longest, before.lasted

    def add(self, at: float | None) -> None:
        """Count one more."""
        last = self.last
        if not self.times:
            self.first = self.began = at
        elif at is not None and last is not None and at - last > RUN_GAP:
            self.run, self.began = 0, at
        self.times += 1
        self.run += 1
        if last is None or (at is not None and at > last):
            self.last = at
        if self.run > self.longest:
            self.longest = self.run
            self.lasted = _between(self.began, self.last)

    def frozen(self) -> Seen:
        """Return it as a value."""
        return Seen(
            self.times,
            self.first,
            self.last,
            self.run,
            self.began,
            self.longest,
            self.lasted,
        )


class Draft:
    """A Sender that is being counted on."""

    __slots__ = (
        "_counts",
        "_seen",
        "digits",
        "key",
        "packets",
        "tree",
        "waits_for_gsk",
    )

    def __init__(self, sender: Sender = NEW_SENDER) -> None:
        """Go on from what is known of a sender."""
        self.packets, self._seen = sender.packets, sender.seen
        self.key, self.tree, self.digits = sender.key, sender.tree, sender.digits
        self.waits_for_gsk = sender.waits_for_gsk
        self._counts: dict[Mark, Count] = {}

    def count(self, mark: Mark, at: float | None) -> None:
        """Count one thing that a packet was seen with."""
        counted = self._counts.get(mark)
        if counted is None:
            counted = self._counts[mark] = Count(self._seen.get(mark))
        counted.add(at)

    def frozen(self) -> Sender:
        """Return it as a value."""
        counted = {mark: count.frozen() for mark, count in self._counts.items()}
        return Sender(
            packets=self.packets,
            seen={**self._seen, **counted},
            key=self.key,
            tree=self.tree,
            digits=self.digits,
            waits_for_gsk=self.waits_for_gsk,
        )


def _between(began: float | None, last: float | None) -> float | None:
    return None if began is None or last is None else last - began


NEVER = Seen(0, None, None, 0, None, 0, None)
