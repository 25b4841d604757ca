"""Reads a log block by block and counts what the app printed.

Finding lines and their forms is done for a whole block at once (see `heads`); only
lines that have something worth cutting out are looked at one by one.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from bot.cohrtz.logs.causes import CauseFinder
from bot.cohrtz.logs.cutting import (
    CAUSE,
    PEER,
    ROOM,
    Cut,
    CutTable,
    cut_table,
)
from bot.cohrtz.logs.forms import Forms, forms_of
from bot.cohrtz.logs.fresh import Fresh
from bot.cohrtz.logs.heads import HeadTable, Numbers, head_table
from bot.cohrtz.logs.lines import Lines, Piece, Splitter
from bot.cohrtz.logs.owners import Owners
from bot.cohrtz.logs.shapes import Shapes
from bot.cohrtz.logs.signals import Signals
from bot.cohrtz.logs.stamps import stamp
from bot.cohrtz.logs.tally import Mark, Seen, Tally
from bot.cohrtz.logs.template import Template
from bot.cohrtz.logs.uncaught import Uncaught
from bot.cohrtz.logs.values import Values

NOBODY = ""
"""The template of an error that belongs to no line."""


class Classifier:
    """Everything that reading any log needs, made once."""

    def __init__(self, templates: Sequence[Template], signals: Signals) -> None:
        """Prepare the tables."""
        self.forms: Forms = forms_of(templates)
        self.signals = signals
        self.table: HeadTable = head_table(self.forms.forms)
        self.cutting: CutTable = cut_table(templates, signals.largest)
        self.rivals = tuple(_rivals(n, self.forms) for n in range(len(templates)))
        self.busy = self.cutting.busy

    def scan(self) -> "Scan":
        """Begin to read a log."""
        return Scan(self)


def _rivals(number: int, forms: Forms) -> tuple[int, ...]:
    """Return the templates whose lines may begin like this one's."""
    head = forms.forms[number].head
    rivals = [
        n
        for n, form in enumerate(forms.forms[: forms.errors])
        if n != number and (head.startswith(form.head) or form.head.startswith(head))
    ]
    return tuple(sorted(rivals, key=lambda n: forms.forms[n].weight, reverse=True))


class Scan:
    """One log that is being read."""

    def __init__(self, classifier: Classifier) -> None:
        """Begin with nothing read."""
        self._all = classifier
        self._splitter = Splitter(classifier.table)
        self._owners = Owners(classifier.forms)
        self._uncaught = Uncaught()
        self._values = Values()
        self._fresh = {ROOM: Fresh(), PEER: Fresh()}
        self._shapes = Shapes(CauseFinder(classifier.signals.causes))
        self._counts = np.zeros(len(classifier.forms.templates), np.int64)
        self._first: dict[int, tuple[int, bytes]] = {}
        self._last: dict[int, tuple[int, bytes]] = {}
        """By template, the line's number and what stands before its tag."""
        self._lines = self._blank = self._attached = 0

    def feed(self, *pieces: Piece) -> None:
        """Read on. What is given is whole lines; only the last may lack its end."""
        if not any(len(piece) for piece in pieces):
            return
        lines = self._splitter.split(*pieces)
        told = self._cut_templates(lines)
        owners = self._owners.of_errors(lines.forms)
        alone = self._uncaught.find(lines)
        self._tell(lines, [*told, self._errors(lines, owners), alone.cut])
        blank = lines.starts == lines.ends
        attached = owners >= 0
        for continued in (self._owners.continuations(lines), alone.lines):
            attached[continued] = ~blank[continued]
        self._attached += int(np.count_nonzero(attached))
        self._blank += int(np.count_nonzero(blank))
        self._mark(lines)
        self._lines += len(lines.starts)

    def tally(self) -> Tally:
        """Return what was counted so far."""
        ids = [one.id for one in self._all.forms.templates]
        seen = {
            ids[n]: Seen(int(self._counts[n]), _mark(*first), _mark(*self._last[n]))
            for n, first in sorted(self._first.items())
        }
        values = self._values
        return Tally(
            lines=self._lines,
            blank=self._blank,
            classified=int(self._counts.sum()),
            attached=self._attached,
            templates=seen,
            causes=self._told_causes(),
            rooms=frozenset(name.decode("utf-8", "replace") for name in values.rooms),
            peers=frozenset(name.decode() for name in values.peers),
            types=dict(values.types),
            states=dict(values.states),
            largest=dict(values.largest),
            table_rows=dict(values.table_rows),
            full=values.full,
        )

    def _cut_templates(self, lines: Lines) -> list[Cut]:
        """Cut the lines that say something; what is none after all loses its form.

        Return where they say why something failed.
        """
        at = np.flatnonzero((lines.forms >= 0) & (lines.forms < len(self._counts)))
        at = at[self._all.busy[lines.forms[at]]]
        rivals: dict[int, Iterator[int]] = {}
        told: list[Cut] = []
        while len(at):
            cuts, missed = self._all.cutting.cut(lines, at, self._fresh)
            self._values.take(lines, cuts)
            told += [cut for cut in cuts if cut.kind == CAUSE]
            again = [n for n in missed.tolist() if self._try_rival(lines, n, rivals)]
            at = np.array(again, np.int64)
        return told

    def _try_rival(
        self, lines: Lines, line: int, rivals: dict[int, Iterator[int]]
    ) -> bool:
        """Give a line that only began like its template to the next that it may fit.

        Return False, and leave it without a form, if there is none.
        """
        text = lines.text[lines.tags[line] : lines.ends[line]]
        before = int(lines.forms[line])
        for rival in rivals.setdefault(line, iter(self._all.rivals[before])):
            if self._all.forms.forms[rival].fits(text):
                lines.forms[line] = rival
                return True
        lines.forms[line] = -1
        return False

    def _errors(self, lines: Lines, owners: Numbers) -> Cut:
        """Return where the texts of error lines stand, and whose they are."""
        first, end = self._all.forms.errors, self._all.forms.stacks
        at = np.flatnonzero((lines.forms >= first) & (lines.forms < end))
        starts = lines.tags[at] + self._all.table.heads.lengths[lines.forms[at]]
        return Cut(CAUSE, owners[at], starts, lines.ends[at])

    def _tell(self, lines: Lines, told: Sequence[Cut]) -> None:
        """Count the causes that texts of errors tell, each under its template."""
        self._shapes.count(
            lines,
            np.concatenate([one.forms for one in told]),
            np.concatenate([one.starts for one in told]),
            np.concatenate([one.ends for one in told]),
        )

    def _told_causes(self) -> dict[tuple[str, str], int]:
        causes: Counter[tuple[str, str]] = Counter()
        for (owner, cause), count in self._shapes.causes().items():
            known = self._all.forms.templates[owner].id if owner >= 0 else NOBODY
            causes[known, cause] += count
        return dict(causes)

    def _mark(self, lines: Lines) -> None:
        """Count the templates of a block, and keep where each was first and last."""
        at = np.flatnonzero((lines.forms >= 0) & (lines.forms < len(self._counts)))
        forms = lines.forms[at]
        counts = np.bincount(forms, minlength=len(self._counts))
        first, last = np.zeros_like(counts), np.zeros_like(counts)
        first[forms[::-1]] = at[::-1]
        last[forms] = at
        present = np.flatnonzero(counts)
        self._last.update(self._places(lines, present, last))
        new = [n for n in present.tolist() if n not in self._first]
        self._first.update(self._places(lines, np.array(new, np.int64), first))
        self._counts += counts

    def _places(
        self, lines: Lines, templates: Numbers, places: Numbers
    ) -> Iterator[tuple[int, tuple[int, bytes]]]:
        """Yield where each of these templates is; `places` has those of all."""
        at = places[templates]
        starts, tags = lines.starts[at].tolist(), lines.tags[at].tolist()
        before = [lines.text[s:t] for s, t in zip(starts, tags, strict=True)]
        marks = zip((at + self._lines + 1).tolist(), before, strict=True)
        return zip(templates.tolist(), marks, strict=True)


def _mark(line: int, prefix: bytes) -> Mark:
    return Mark(line, stamp(prefix))
