"""The last row counts of logs are compared, and not more is said than they prove."""

from bot.artefacts.comparing_logs import compare
from bot.core.evidence import Verdict


def digest(rooms: int = 1, **rows: int) -> dict[str, object]:
    return {"build": "release", "rooms": rooms, "rows": rows}


def test_counts_that_differ_are_bad_and_named() -> None:
    finding = compare([digest(tasks=3, notes=1), digest(tasks=4, notes=1)])
    assert finding.verdict is Verdict.BAD
    assert "tasks" in finding.headline
    assert finding.facts == {"counts.differ": True, "counts.tables_differing": 1}


def test_counts_that_agree_do_not_prove_that_the_rows_do() -> None:
    finding = compare([digest(tasks=3), digest(tasks=3, notes=1)])
    assert finding.verdict is Verdict.OK
    assert "does not prove" in finding.headline
    assert finding.facts["counts.differ"] is False


def test_logs_that_share_no_table_cannot_be_compared() -> None:
    finding = compare([digest(tasks=3), digest(notes=3)])
    assert finding.verdict is Verdict.UNKNOWN
    assert not finding.facts


def test_counts_of_several_rooms_cannot_be_compared() -> None:
    finding = compare([digest(rooms=2, tasks=3), digest(tasks=4)])
    assert finding.verdict is Verdict.UNKNOWN


def test_fewer_than_two_logs_with_counts_are_not_compared() -> None:
    assert compare([]) is None
    assert compare([digest(tasks=1), digest(), {"node": "x"}]) is None


def test_many_tables_that_differ_are_not_all_named() -> None:
    tables = [f"table_{letter}" for letter in "abcdefgh"]
    first, second = dict.fromkeys(tables, 1), dict.fromkeys(tables, 2)
    finding = compare([digest(**first), digest(**second)])
    assert finding.facts["counts.tables_differing"] == 8
    assert finding.headline.endswith("…."), finding.headline
