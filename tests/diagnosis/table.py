"""Prints the confusion table of the labelled incidents: `make diagnosis`."""

import sys
from collections import Counter
from functools import cache

from bot.cohrtz.opposites import OPPOSITES
from bot.cohrtz.whence import lacking
from bot.core.ranking import rank
from tests.diagnosis.cases import CASES, TOO_LITTLE
from tests.fakes.library import of_rooms

NONE = "(none)"


@cache
def diagnosed(case):
    """Return the ranking of a case over all pages."""
    return rank(of_rooms(), case.facts, case.at, OPPOSITES)


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
    rows += [f"wrong: {_wrong(one)}" for one in CASES if not is_right(one)]
    return [*rows, *(f"too little: {_asked(one)}" for one in TOO_LITTLE)]


def asked_for(case):
    """Return the files that would tell most of what is not known, those first."""
    names = [name for one in diagnosed(case).missing for name in one.facts]
    return lacking(names)


def _asked(case):
    first = asked_for(case)[0]
    return f"{case.name}. {first.whence.words}"


def _short(page):
    return f"{page[:8]:>8}"


def _wrong(case):
    said = diagnosed(case)
    scores = ", ".join(f"{one.slug} {one.score}" for one in said.ranked)
    return f"{case.name}: {case.truth}, not {said.proposed} ({scores})"


if __name__ == "__main__":
    sys.stdout.write("\n".join(table()) + "\n")
