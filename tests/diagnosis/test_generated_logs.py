"""The generated logs say to the real reader what the incidents take them to say."""

from importlib import import_module
from importlib.util import find_spec

import pytest

from bot.artefacts.shape import Asked
from rehearsal.cohrtz.app_log import LINES, AppLog
from tests.diagnosis.cases import CASES
from tests.diagnosis.evidence import TELLS, counted

READER = "bot.artefacts.readers.log"
LOGS = [case for case in CASES if case.log]


def test_each_line_has_its_facts():
    assert set(TELLS) == set(LINES)


def test_a_release_prints_no_line_below_a_warning():
    names = [name for name, line in LINES.items() if line.level in "DI"]
    assert names
    assert AppLog().add(*names).text().strip() == ""
    assert all(LINES[n].text in AppLog(debug=True).add(n).text() for n in names)


def test_an_error_and_its_stack_stand_on_lines_of_their_own():
    text = AppLog().add("gsk-wait-expired").text()
    tags = [row.partition("]")[2][:12] for row in text.splitlines()]
    assert tags[:3] == [" Error durin", " Error: Bad ", " Stack trace"]


@pytest.mark.skipif(find_spec(READER) is None, reason="the reader is built beside this")
@pytest.mark.parametrize("case", LOGS, ids=lambda case: case.name)
def test_the_reader_counts_what_was_logged(case, tmp_path):
    file = tmp_path / "app.log"
    file.write_text(case.log.text(), encoding="utf-8")
    read = import_module(READER).read(file, Asked()).finding.facts
    told = {name: read.get(f"log.{name}") for name in counted(case.log)}
    assert told == counted(case.log)
