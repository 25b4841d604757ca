"""Errors are counted by shape exactly as if each were read alone."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.artefacts.log_stream import log_classifier
from bot.artefacts.log_tables import log_signals
from bot.cohrtz.logs import shapes
from bot.cohrtz.logs.causes import CauseFinder
from tests.cohrtz.log_samples import tally

CAUSES = log_signals().causes
PIECES = st.sampled_from(
    [
        *(
            "SqliteException(26): x",
            "SqliteException(11)",
            "SqliteException(1234567890)",
        ),
        *("401", "(401)", "(402)", "status code: 401", "status code: 404", "12", "7"),
        *(
            "RangeError",
            "Clock drift of 70000 ms",
            "invalid token",
            " ",
            "é",
            "x" * 200,
        ),
    ]
)
TEXTS = st.lists(PIECES, max_size=5).map(" ".join)
MERGE = "packet-handler.merge-error"


def counted(texts: list[str]) -> Counter[str]:
    log = "".join(
        f"[PacketHandler] Merge error\n[PacketHandler] Error: {text}\n"
        for text in texts
    )
    found = tally(log).causes
    assert {template for template, _ in found} <= {MERGE}
    return Counter({cause: count for (_, cause), count in found.items()})


def alone(texts: list[str]) -> Counter[str]:
    finder = CauseFinder(CAUSES)
    return Counter(cause for text in texts for cause in finder.find(text.encode()))


@settings(max_examples=80, deadline=None)
@given(st.lists(TEXTS, max_size=12))
def test_errors_together_tell_what_each_tells_alone(texts: list[str]) -> None:
    assert counted(texts) == alone(texts)


@pytest.mark.parametrize("code", [1, 10, 11, 14, 26, 266, 267, 4874, 12345678901])
def test_the_same_text_with_another_code_has_another_cause(code: int) -> None:
    texts = [f"SqliteException({n}): while opening" for n in (26, 11, code, 27, 26)]
    assert counted(texts) == alone(texts)


def test_what_was_learned_holds_in_later_blocks() -> None:
    scan = log_classifier().scan()
    for number in range(6):
        text = f"SqliteException({26 if number % 2 else 11}): attempt {number}"
        scan.feed(
            f"[PacketHandler] Merge error\n[PacketHandler] Error: {text}".encode()
        )
    causes = scan.tally().causes
    assert causes[MERGE, "sqlite-not-a-database"] == 3
    assert causes[MERGE, "sqlite-malformed"] == 3


def test_shapes_beyond_what_is_kept_are_counted_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shapes, "MOST", 5)
    names = [chr(97 + n % 26) * (1 + n // 26) for n in range(100)]
    texts = [f"RangeError {name} {n}" for n, name in enumerate(names)]
    assert counted(texts + texts) == Counter({"tree-size-mismatch": 200})
