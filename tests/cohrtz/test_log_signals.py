"""What the lines of a log add up to, and what must not be said."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.artefacts.log_tables import log_signals, log_templates
from bot.cohrtz.logs.causes import LATELY, CauseFinder
from bot.cohrtz.logs.document import as_text, document
from bot.cohrtz.logs.judging import build_of, judge
from bot.cohrtz.logs.signals import parse_signals
from bot.core.evidence import Verdict
from tests.cohrtz.log_samples import BY_ID, PEER, ROOM, SECRET, line, signals, tally

QUIET = "connection-manager.connection-already-in-progress"
"""A warning that is no fault."""

DEBUG = "handshake-handler.stored-public-key"
JANITOR = "connection-manager.janitor-failed-reconnect"
NAMES = 'cause = []\nlargest = []\n[[signal]]\nname = "s"\nmeans = ""\n'
SAYINGS = [said for cause in log_signals().causes for said in cause.says]
SQLITE = "SqliteException({}): while opening the database, file is bad (code {})"


def release(*lines: str) -> list[str]:
    """Return a release build's log, long enough to be told, with these lines."""
    return [*[line(QUIET)] * 25, *lines]


def finding_of(*lines: str):
    return judge(tally("\n".join(lines)), log_templates(), log_signals())


@pytest.mark.parametrize("signal", log_signals().signals, ids=lambda one: one.name)
def test_each_signal_counts_each_of_its_lines(signal) -> None:
    causes = {one.id: one for one in log_signals().causes}

    def text(id_: str) -> str:
        cause = causes[id_]
        return cause.says[0] if cause.says else SQLITE.format(cause.sqlite[0], 1)

    expected, log = 0, []
    for term in signal.counts:
        templates = term.templates or ("crdt-service.error-during-delete-operations",)
        for template in templates:
            for cause in term.causes or ("",):
                said = text(cause) if cause else "unclear"
                values = {"operationName": said, "err": said, "error": said}
                if "operationName" in BY_ID[template].variables:
                    values["error"] = "unclear"
                log.append(line(template, **values))
                expected += 1
    if signal.counts:
        assert signals(*log)[signal.name] == expected


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (26, "log.sqlite_not_a_database"),
        (11, "log.sqlite_malformed"),
        (267, "log.sqlite_malformed"),
        (10, "log.sqlite_io"),
        (266, "log.sqlite_io"),
        (14, "log.sqlite_io"),
    ],
)
def test_sqlites_primary_code_counts(code: int, name: str) -> None:
    said = SQLITE.format(code, code)
    assert signals(line(JANITOR, error=said))[name] == 1
    assert signals(line(JANITOR, error=said))["log.database_open_repeats"] == 1


def test_a_fault_of_the_packet_store_is_not_an_unparsable_packet() -> None:
    packet = "packet-handler.error-parsing-packet"
    seen = signals(
        line(packet, error=SQLITE.format(26, 26)),
        line(packet, error="InvalidProtocolBufferException: bad"),
    )
    assert seen["log.packet_store_failed"] == 1
    assert seen["log.packet_unparsable"] == 1


def test_a_token_that_failed_anywhere_is_rejected() -> None:
    seen = signals(
        line("connection-manager.token-for-invalid-malformed"),
        line(JANITOR, error="Exception: Failed to fetch token: <html>"),
        line(
            "connection-manager.connection-failed",
            err="[ConnectException] invalid API key",
        ),
    )
    assert seen["log.token_rejected"] == 3
    assert seen["log.server_refused_token"] == 1


def test_causes_in_content_are_not_counted() -> None:
    log = [
        line("note-repository.error-decoding-note", row="Failed to fetch token"),
        line("crdt-service.row-dump", value="SqliteException(26)"),
        line("packet-handler.merge-error", error="x\nSqliteException(26): y"),
    ]
    assert tally("\n".join(log)).causes == {}


def test_a_debug_line_tells_a_debug_build() -> None:
    templates = log_templates()
    assert build_of(tally("\n".join(release())), templates) == "release"
    assert build_of(tally("\n".join(release(line(DEBUG)))), templates) == "debug"
    assert build_of(tally(line(QUIET)), templates) == "unknown"


def test_a_release_log_says_nothing_about_lines_that_it_cannot_have() -> None:
    seen = signals(*release())
    assert "log.gsk_buffered" not in seen
    assert "log.queue_max" not in seen
    assert seen["log.merge_failed"] == 0


def test_a_debug_log_says_that_there_was_none() -> None:
    seen = signals(line(DEBUG))
    assert seen["log.gsk_buffered"] == 0
    assert seen["log.queue_max"] == 0


def test_a_log_without_a_line_of_the_app_says_nothing() -> None:
    assert signals("noise", "more noise") == {}
    finding = finding_of("noise")
    assert finding.verdict is Verdict.UNKNOWN
    assert set(finding.facts) == {"log.build", "log.lines", "log.unknown_share"}


def test_a_fault_is_bad_in_any_build() -> None:
    fault = line("packet-handler.merge-error")
    assert finding_of(fault).verdict is Verdict.BAD
    assert finding_of(*release(fault)).verdict is Verdict.BAD
    assert "rejected" in finding_of(fault).headline


def test_a_release_log_without_a_fault_is_unknown_and_not_ok() -> None:
    finding = finding_of(*release())
    assert finding.verdict is Verdict.UNKNOWN
    assert "release build" in finding.headline


def test_only_a_debug_log_without_a_fault_is_ok() -> None:
    assert finding_of(*[line(DEBUG)] * 30).verdict is Verdict.OK
    assert finding_of(*[line(DEBUG)] * 3).verdict is Verdict.UNKNOWN
    mostly_noise = ["noise"] * 100 + [line(DEBUG)] * 30
    assert finding_of(*mostly_noise).verdict is Verdict.UNKNOWN


def test_nothing_that_a_user_wrote_is_told() -> None:
    log = "\n".join(line(one) for one in log_templates())
    read = document(tally(log), log_templates(), log_signals())
    said = json.dumps(read.model_dump(mode="json")) + "\n".join(as_text(read))
    assert SECRET not in said
    assert ROOM not in said
    assert PEER in said
    assert read.rooms.count == 2


def test_the_text_says_what_a_release_log_cannot_show() -> None:
    read = document(tally("\n".join(release())), log_templates(), log_signals())
    said = "\n".join(as_text(read))
    assert "does not say that it did not happen" in said
    assert "log.gsk_buffered" in read.not_visible
    assert "log.gsk_buffered" in said


def test_every_template_in_the_text_has_its_count_and_place() -> None:
    read = document(
        tally(f"{line(QUIET)}\n{line(DEBUG)}\n{line(DEBUG)}"),
        log_templates(),
        log_signals(),
    )
    row = next(one for one in as_text(read) if "Stored Public Key" in one)
    assert re.search(r" 2  D .*line 2 to line 3", row)


def test_a_text_seen_before_is_not_read_again_and_memory_is_bounded() -> None:
    finder = CauseFinder(log_signals().causes)
    names = ["".join(chr(97 + n // 26**k % 26) for k in range(4)) for n in range(9000)]
    texts = [f"RangeError {name}".encode() for name in names]
    for part in (texts[:5000], texts[5000:], texts[:10]):
        counted = finder.count([1] * len(part), part)
        assert counted == {(1, "tree-size-mismatch"): len(part)}
    assert len(finder._known) <= LATELY


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("RangeError 0123(SqliteExcpton)26 401", max_size=40)))
def test_texts_read_together_tell_what_each_tells_alone(texts: list[str]) -> None:
    raw = [text.encode() for text in [*texts, *SAYINGS]]
    together = CauseFinder(log_signals().causes).count(range(len(raw)), raw)
    alone = {
        (n, cause): 1
        for n, text in enumerate(raw)
        for cause in CauseFinder(log_signals().causes).find(text)
    }
    assert together == alone


@pytest.mark.parametrize(
    ("text", "causes"),
    [
        ("HTTP status code: 401", ("server-refused-token",)),
        ("HTTP status code: 4012 and (401)", ("server-refused-token",)),
        ("took 401 ms", ()),
        ("SqliteException(26): x", ("sqlite", "sqlite-not-a-database")),
        ("SqliteException(99): x 26", ("sqlite",)),
        ("Clock drift of 70123 ms exceeds", ("clock-drift",)),
    ],
)
def test_numbers_that_tell_something_are_read(text: str, causes: tuple) -> None:
    finder = CauseFinder(log_signals().causes)
    assert finder.find(text.encode()) == causes
    assert finder.find(text.replace("70123", "7").encode()) == causes


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[[cause]]\nid = "x"\nsign = 1', "sign"),
        (f'{NAMES}counts = [{{ templates = ["no"] }}]', "no such template: no"),
        (f'{NAMES}counts = [{{ causes = ["no"] }}]', "no such cause: no"),
    ],
)
def test_signals_that_name_what_there_is_not_are_refused(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        parse_signals(text, log_templates())
