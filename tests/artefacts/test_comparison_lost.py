"""A process that is lost while it compares: told as lost, not as a reader's failure."""

from structlog.testing import capture_logs

from bot.artefacts import intake as intake_module
from bot.artefacts.confined import Lost, confined
from bot.core.evidence import Verdict
from tests.artefacts.reading import read


async def test_a_comparison_that_is_killed_is_unknown_and_nobodys_failure(
    tmp_path, monkeypatch
):
    async def killed(order, program):
        if order.of is None:
            return await confined(order, program)
        raise Lost("The system stopped reading it.")

    paths = [tmp_path / name for name in ("a.log", "b.log")]
    for number, path in enumerate(paths):
        path.write_text("COUNT" * (number + 1))
    monkeypatch.setattr(intake_module, "confined", killed)
    with capture_logs() as logged:
        bundle = await read(*paths)
    verdicts = {one.evidence.verdict for one in bundle.comparisons}
    assert verdicts == {Verdict.UNKNOWN}
    assert {one.evidence.reference for one in bundle.comparisons} == {"ref-1"}
    events = [one["event"] for one in logged]
    assert "artefact.lost" in events
    assert "artefact.reader_failed" not in events
