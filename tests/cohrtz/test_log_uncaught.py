"""Errors that nobody caught are a signal, though no tag of the app is before them."""

import pytest

from bot.artefacts.log_tables import log_signals, log_templates
from bot.cohrtz.logs.judging import judge
from bot.core.evidence import Verdict
from tests.cohrtz.log_samples import line, tally

SAID = "Unhandled Exception: Exception: Failed to fetch token: <html>"
ENGINE = "[ERROR:flutter/runtime/dart_vm_initializer.cc(41)] "
FRAMES = (
    "#0      a (package:cohrtz/a.dart:1)\n<asynchronous suspension>\n#1      b (b:2)"
)
UNCAUGHT = {("", "uncaught"): 1, ("", "token-endpoint-refused"): 1}


@pytest.mark.parametrize(
    "prefix",
    [
        "",
        ENGINE,
        f"E/flutter ( 4321): {ENGINE}",
        f"02-27 10:11:12.123  4321  4350 E flutter : {ENGINE}",
        "flutter: ",
        "2026-02-27T10:11:12.123456 ",
    ],
)
def test_it_is_found_behind_what_captures_and_the_engine_put_before_it(prefix):
    read = tally(f"{prefix}{SAID}\n")
    assert read.causes == UNCAUGHT
    assert (read.attached, read.unknown) == (1, 0)


@pytest.mark.parametrize(
    "said",
    [
        f"somebody wrote: {SAID}",
        f"[ERROR:flutter] {SAID}",
        "Unhandled Exceptions are bad",
        f"{'x' * 400}{SAID}",
    ],
)
def test_words_of_others_are_none(said):
    assert ("", "uncaught") not in tally(said).causes


def test_a_line_of_the_app_that_has_the_words_stays_what_it_is():
    read = tally(
        line("packet-handler.merge-error") + f"\n[PacketHandler] Error: {SAID}"
    )
    assert read.templates["packet-handler.merge-error"].count == 1
    assert ("", "uncaught") not in read.causes


@pytest.mark.parametrize("capture", ["", "E/flutter ( 4321): "])
def test_its_stack_belongs_to_it_wherever_the_log_is_cut(capture):
    rows = [ENGINE + SAID, *FRAMES.split("\n"), "what is this?"]
    log = "".join(f"{capture}{row}\n" for row in rows)
    whole = tally(log)
    assert (whole.attached, whole.unknown) == (4, 1)
    lines = log.splitlines(keepends=True)
    for cut in range(len(lines)):
        assert tally("".join(lines[:cut]), "".join(lines[cut:])) == whole


def test_after_an_open_error_no_line_is_counted_twice():
    log = f"{line('sync-protocol.error-win-election')}\n{SAID}\n{FRAMES}\n"
    read = tally(log)
    assert read.lines == read.classified + read.attached + read.unknown
    assert read.unknown == 0


def test_it_makes_a_log_bad_and_its_absence_counts_as_none():
    templates, signals = log_templates(), log_signals()
    found = judge(tally(SAID), templates, signals)
    assert found.verdict is Verdict.BAD
    assert found.facts["log.unhandled_exceptions"] == 1
    assert "nobody caught" in found.headline
    other = judge(tally(line("key-manager.gsk-missing")), templates, signals)
    assert other.facts["log.unhandled_exceptions"] == 0
