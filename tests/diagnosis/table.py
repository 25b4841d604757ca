"""Prints the confusion table of the labelled incidents: `make diagnosis`."""

import sys
from collections import Counter

from bot.cohrtz.opposites import OPPOSITES
from bot.core.ranking import rank
from tests.diagnosis.cases import CASES
from tests.diagnosis.evidence import NOW
from tests.fakes.library import of_rooms

NONE = "(none)"


def diagnosed(case):
    """Return the ranking of a case over all pages."""
    return rank(of_rooms(), case.facts(), NOW, OPPOSITES)


def is_right(case):
    return diagnosed(case).proposed == case.truth


def table():
    """Return the rows of the table: truth down, proposal across."""
    pages = [*sorted(of_rooms()), NONE]
    told = Counter((c.truth or NONE, diagnosed(c).proposed or NONE) for c in CASES)
    width = max(map(len, pages))
    rows = [f"{'truth':{width}}  {'  '.join(_short(page) for page in pages)}"]
    for truth in pages:
        counts = (told[truth, page] for page in pages)
        cells = "  ".join(f"{n or '.':>8}" for n in counts)
        rows.append(f"{truth:{width}}  {cells}")
    right = sum(map(is_right, CASES))
    rows.append(f"{right} of {len(CASES)} right ({right / len(CASES):.0%})")
    return rows + [f"wrong: {_wrong(one)}" for one in CASES if not is_right(one)]


def _short(page):
    return f"{page[:8]:>8}"


def _wrong(case):
    said = diagnosed(case)
    scores = ", ".join(f"{one.slug} {one.score}" for one in said.ranked)
    return f"{case.name}: {case.truth}, not {said.proposed} ({scores})"


if __name__ == "__main__":
    sys.stdout.write("\n".join(table()) + "\n")
