"""A log is counted the same however it is cut, captured, mixed or damaged."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.artefacts.log_tables import log_templates
from bot.cohrtz.logs.tally import Mark
from tests.cohrtz.log_samples import (
    OTHER_PEER,
    PEER,
    ROOM,
    SECRET,
    counts,
    line,
    tally,
)

LINES = [one + "\n" for one in map(line, log_templates())]
MERGE = "packet-handler.merge-error"
LOGCAT = "I/flutter ( 123): "


def logcat(text: str) -> str:
    """Return the lines as a logcat has them."""
    return LOGCAT + text.replace("\n", "\n" + LOGCAT)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=12), st.data())
def test_where_a_log_is_cut_into_blocks_changes_nothing(
    chosen: list[str], data: st.DataObject
) -> None:
    parts = [part + "\n" for part in "".join(chosen).split("\n")[:-1]]
    cut = data.draw(st.integers(0, len(parts)))
    assert tally("".join(parts[:cut]), "".join(parts[cut:])) == tally("".join(parts))


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_can_be_read_and_every_line_is_accounted_for(noise: bytes) -> None:
    read = tally(noise)
    assert read.lines == noise.count(b"\n") + (noise[-1:] not in {b"", b"\n"})
    assert 0 <= read.unknown <= read.lines
    assert 0 <= read.unknown_share <= 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=40).map(lambda one: one.replace(b"\n", b""))))
def test_noise_around_lines_does_not_change_what_is_counted(noise: list[bytes]) -> None:
    clean = [line("key-manager.gsk-missing").encode()] * len(noise)
    mixed = [part for pair in zip(noise, clean, strict=True) for part in pair]
    assert counts(b"\n".join(mixed)) == counts(b"\n".join(clean))


def test_a_known_line_survives_invalid_utf_8_and_nul_bytes() -> None:
    log = b"\xff\xfe\x00\n[Main] Initializing critical services...\n\x00\x00\n"
    assert counts(log) == {"main.initializing-critical-services": 1}
    broken = b"[KeyManager] Broadcasting GSK_REQ for \xc3\x28\x00\n"
    assert counts(broken) == {"key-manager.broadcasting-gsk-req": 1}


def test_the_first_and_the_last_place_are_told_with_their_times() -> None:
    times = ("2026-02-27T10:11:12.123456", "2026-02-27T10:11:13.000001")
    log = [f"{time} {line('key-manager.gsk-missing')}" for time in times]
    seen = tally("noise\n" + log[0] + "\n", "more\n\n" + log[1]).templates
    one = seen["key-manager.gsk-missing"]
    assert (one.first, one.last) == (Mark(2, times[0]), Mark(5, times[1]))


def test_a_captures_time_is_told_as_it_is_written() -> None:
    log = "02-27 10:11:12.123  1  2 I flutter : " + line("key-manager.gsk-missing")
    assert tally(log).templates["key-manager.gsk-missing"].first.at == (
        "02-27 10:11:12.123"
    )
    bare = tally(line("key-manager.gsk-missing"))
    assert bare.templates["key-manager.gsk-missing"].first.at is None


def test_an_error_belongs_to_the_line_before_of_the_same_tag() -> None:
    log = (
        "[PacketHandler] Merge error\n"
        "[KeyManager] Using Legacy GSK for x\n"
        "[DataBroadcaster] Error during retryBufferedPackets for x\n"
        "[PacketHandler] Error: Clock drift of 99999 ms exceeds maximum\n"
        "[DataBroadcaster] Error: Bad state: Group Secret Key not available\n"
    )
    assert tally(log).causes == {
        (MERGE, "clock-drift"): 1,
        ("data-broadcaster.error-during-operation", "group-key-absent"): 1,
    }
    assert tally(log).unknown == 0


def test_an_error_belongs_to_its_line_across_blocks() -> None:
    read = tally(
        "[PacketHandler] Merge error\n", "[PacketHandler] Error: no such table"
    )
    assert read.causes == {(MERGE, "schema"): 1}
    assert read.attached == 1


def test_an_error_without_a_line_that_announces_one_is_not_understood() -> None:
    read = tally("[KeyManager] Using Legacy GSK for x\n[KeyManager] Error: RangeError")
    assert (read.attached, read.unknown) == (0, 1)
    assert read.causes == {("", "tree-size-mismatch"): 1}


def test_the_lines_of_a_stack_trace_belong_to_it() -> None:
    frames = [f"#{n}      f{n} (package:a/b.dart:{n}:1)" for n in range(30)]
    log = [line("sync-protocol.error-win-election"), *frames, "", "<a gap>", ""]
    more = "#31     more (dart:async)\n[Main] what is this?\nnoise"
    read = tally("\n".join(log), more)
    assert read.unknown == 2
    assert read.blank == 1


def test_in_a_logcat_only_lines_of_the_same_process_continue_an_error() -> None:
    log = [
        logcat(line(MERGE, error="Clock drift of 9 ms\ntasks: {secret}")),
        "D/Other   ( 999): something else",
        logcat("more: {secret}"),
    ]
    read = tally("\n".join(log))
    assert (read.classified, read.attached, read.unknown) == (1, 3, 1)


def test_a_line_that_does_not_run_on_is_not_continued() -> None:
    assert tally("[Main] Initializing critical services...\nnoise").unknown == 1


def test_noise_long_after_an_error_is_noise() -> None:
    read = tally(line(MERGE) + "\n" + "noise\n" * 1000)
    assert read.attached == 401
    assert read.unknown == 600


def test_rooms_and_peers_are_collected_and_only_true_identities_are_kept() -> None:
    log = [
        line("packet-handler.warning-unknown-sender-buffering", sender=PEER),
        line("packet-handler.warning-unknown-sender-buffering", sender=OTHER_PEER),
        line("packet-handler.warning-unknown-sender-buffering", sender=SECRET),
        line("key-manager.gsk-missing", room="Family & friends"),
    ]
    read = tally("\n".join(log))
    assert read.peers == {PEER, OTHER_PEER}
    assert read.rooms == {ROOM, "Family & friends"}


def test_the_rooms_that_are_kept_are_bounded() -> None:
    log = [line("key-manager.gsk-missing", room=f"room {n}") for n in range(5000)]
    read = tally("\n".join(log))
    assert len(read.rooms) == 4096
    assert read.full


def test_packet_types_and_states_are_words_that_the_app_has() -> None:
    buffered = "packet-handler.buffering-packet-type-awaiting"
    log = [
        line(buffered, TYPE="DATA_CHUNK"),
        line(buffered, TYPE=SECRET),
        line("connection-manager.state-changed", newState="ConnectionState.connecting"),
        line("connection-manager.state-changed", newState=SECRET),
    ]
    read = tally("\n".join(log))
    assert read.types == {"DATA_CHUNK": 1, "other": 1}
    assert read.states == {"connecting": 1, "other": 1}


def test_the_last_row_count_of_each_table_is_kept() -> None:
    told = [
        ("tasks", "3"),
        ("notes", "7"),
        ("tasks", "5"),
        (SECRET, "1"),
        ("polls", "x"),
    ]
    log = [line("crdt-service.diag-total-rows", table=t, n=n) for t, n in told]
    assert tally("\n".join(log)).table_rows == {"tasks": 5, "notes": 7}


def test_the_largest_queue_is_kept() -> None:
    queue = "data-broadcaster.buffered-outgoing-packet-type"
    log = [line(queue, n=n) for n in ("7", "120", "9", "9" * 30, "many")]
    assert tally("\n".join(log)).largest == {"log.queue_max": 120}
