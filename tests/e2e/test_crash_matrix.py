"""The gate's sample of the crash matrix, and what the matrix itself must notice."""

import asyncio
import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.core import summary
from bot.core.actions import Effect
from bot.core.incident import approval_events as a
from bot.core.incident import events as e
from bot.core.incident.events import Event
from handlers.brush import Brush
from tests.e2e import deaths, life
from tests.e2e.blows import SAMPLE, SAMPLE_AGAIN
from tests.e2e.crash import Stage, play
from tests.e2e.deaths import Death, clean, die, matrix
from tests.e2e.houses import PARTS
from tests.e2e.life import Blow
from tests.e2e.mortality import make_mortal
from tests.e2e.played import Played
from tests.e2e.verdict import REFUSALS, wrong

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("mortal")]


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> None:
    make_mortal(monkeypatch)


@cache
def whole(slug: str) -> Played:
    return clean(slug)


def test_a_whole_life_shows_every_part_once() -> None:
    played = whole("expired-token")
    assert not played.died
    assert played.parts == PARTS
    assert played.methods == Counter(RemoveParticipant=1)
    assert list(wrong(played, played)) == []


ROOM = "0199f3c2-7a41-7c5e-9b1d-3f2a6c8e4d10"
REMOVAL = f"RemoveParticipant user:0198b7d0-41c2-7e3a-8f64-2b9d0c51aa01 in {ROOM}"
EVES = f"RemoveParticipant eve in {ROOM}"


def test_what_is_lost_or_done_twice_is_noticed() -> None:
    """A matrix that cannot fail would be worth nothing."""
    good = whole("expired-token")
    spoilt = {
        "messages: card 2": _shown(good, "card", *good.parts),
        "messages: summary:1 0": _shown(good, *good.parts[:-1]),
        f"acts: {REMOVAL} 2": replace(good, acts=Counter({REMOVAL: 2})),
        "acts: RemoveParticipant eve": replace(good, acts=Counter({EVES: 1})),
        "events: incident.resolved 0": _told(good, *good.events[:-1]),
        "incidents:  2": replace(good, timelines={**good.timelines, "other": ()}),
        "lost are": replace(good, lost=("check.reported as 7",)),
        "is not resolved": replace(good, resolved=False),
        "gaps": _told(good, *good.events[:3], *good.events[4:]),
        "drawn are": replace(good, drawings=good.drawings[1:]),
        "shows the steps as": _shown(good, *_swapped(good.parts)),
    }
    for words, played in spoilt.items():
        assert any(words in one for one in wrong(played, good)), words


def test_a_message_that_does_not_say_what_it_should_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One part is noted as drawn and never sent; the summary leaves the page out."""
    good = whole("expired-token")
    update = Brush.update

    async def forgetful(self: Brush, drawing: Any, message: Any) -> Any:
        if drawing.part == "checks":
            return await self._keep(drawing)
        return await update(self, drawing, message)

    monkeypatch.setattr(Brush, "update", forgetful)
    monkeypatch.setattr(
        summary, "_chosen", lambda *_: summary.Sentence(("A page.",), (1,))
    )
    told = list(wrong(asyncio.run(play(tmp_path, Stage())), good))
    assert [one for one in told if "'checks') s" in one]
    assert [
        one
        for one in told
        if one.startswith(f"the summary does not say: {RESP} started")
    ]


RESP = "<@U0RESP>"


def test_an_act_without_its_approvals_is_noticed() -> None:
    good = whole("expired-token")
    words = "reconnect-participant is not approved as it must be"
    approved = _asked_first(good, BEN)
    assert list(wrong(approved, approved)) == []
    assert words in list(wrong(good, approved))
    assert words in list(wrong(_asked_first(good), approved))
    assert words in list(wrong(_asked_first(good, ANN), approved))


ANN, BEN = "U0ANN", "U0BEN"


def _asked_first(played: Played, *approvers: str) -> Played:
    """Let Ann have asked for its act, and these have approved it."""
    at = next(n for n, one in enumerate(played.events) if _is_intent(one.body))
    intent = played.events[at]
    asked = a.ApprovalAsked(
        step=intent.body.step,
        asked_by=ANN,
        action=intent.body.action,
        effect=Effect.ROOM,
        params={},
        plan=intent.body.plan,
        page_hash="",
        facts={},
        needed=1,
        digest="d",
        expires=intent.at,
        approvers=("leads",),
        breakers=(),
    )
    given = a.ApprovalGiven(step=intent.body.step, digest="d")
    bodies = [(asked, ANN), *((given, by) for by in approvers)]
    bodies.append((intent.body.model_copy(update={"approval": "d"}), intent.by))
    before = [(one.body, one.by) for one in played.events[:at]]
    after = [(one.body, one.by) for one in played.events[at + 1 :]]
    every = enumerate([*before, *bodies, *after], 1)
    return _told(played, *(Event(n, intent.at, by, b) for n, (b, by) in every))


def _shown(played: Played, *parts: str) -> Played:
    """Let its one incident be shown so."""
    return replace(played, shown=dict.fromkeys(played.shown, parts))


def _told(played: Played, *events: Event) -> Played:
    """Let its one incident have this timeline."""
    return replace(played, timelines=dict.fromkeys(played.timelines, events))


def _is_intent(body: e.Body) -> bool:
    return isinstance(body, e.ActionIntended)


async def test_a_death_while_a_process_is_being_started_leaves_nothing_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whichever turn of the loop it falls into."""
    monkeypatch.setattr(life, "TIDY", 5.0)
    asyncio.get_running_loop().set_task_factory(life.inheriting)
    for turns in range(8):
        dying = life.Life(None)
        token = life.LIFE.set(dying)
        starting = asyncio.create_task(_start_a_process())
        life.LIFE.reset(token)
        for _ in range(turns):
            await asyncio.sleep(0)
        dying.end()
        await dying.bury(starting)
        assert starting.cancelled()


async def _start_a_process() -> None:
    pipe = asyncio.subprocess.PIPE
    words = (sys.executable, "-c", "input()")
    await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, stderr=pipe)
    await asyncio.Future()


def test_a_refusal_that_never_reached_the_person_is_noticed() -> None:
    good = whole("expired-token")
    told = replace(good, whispers=Counter(REFUSALS))
    assert list(wrong(told, told)) == []
    assert any("nobody is told" in one for one in wrong(good, told))


def test_a_bundle_that_does_not_come_or_goes_to_another_is_noticed() -> None:
    good = whole("expired-token")
    sent = replace(good, bundles=Counter({BEN: 1}))
    assert list(wrong(replace(sent, bundles=Counter({BEN: 2})), sent)) == []
    assert f"bundles: {BEN} 0, not 1 times" in list(wrong(good, sent))
    assert f"bundles: {BEN} 1, not 0 times" in list(wrong(sent, good))


def _swapped(parts: tuple[str, ...]) -> tuple[str, ...]:
    first, second = parts.index("step:1:1"), parts.index("step:1:2")
    order = list(parts)
    order[first], order[second] = order[second], order[first]
    return tuple(order)


MISSED = Death("timers", Blow("write commit", 3, "after"), died=False, wrong=())


def test_a_point_that_was_not_reached_is_named_and_not_right(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(deaths, "_all", lambda *_: [MISSED])
    assert deaths.main([]) == 1
    assert f"{MISSED.name}: not reached: it should be" in capsys.readouterr().out
    rows = {("timers", "write commit"): "Nobody writes."}
    monkeypatch.setattr(deaths, "NOT_REACHED", rows)
    assert deaths.main([]) == 0
    assert f"{MISSED.name}: not reached: Nobody writes." in capsys.readouterr().out


def test_what_a_second_life_comes_to_by_chance_alone_is_right_only_there() -> None:
    asks = Blow("slack conversations.info", 1, "after")
    second = Death("timers", asks, died=False, wrong=(), first=MISSED.blow)
    assert second.right
    assert not replace(second, first=None).right


def test_a_death_that_comes_too_late_is_tried_again_earlier(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The life that was counted may have come to a point more often."""
    good, tried = whole("expired-token"), []

    def played(_: str, blow: Blow) -> Played:
        tried.append(blow.number)
        return replace(good, deaths=int(blow.number < good.points[blow.kind]))

    monkeypatch.setattr(deaths, "_play", played)
    assert die("expired-token", good, Blow("token", 10_000, "after")).died
    assert tried == [10_000, good.points["token"] - 1]
    assert not die("expired-token", good, Blow("never", 1, "after")).died
    assert len(tried) == 3


def test_a_second_death_is_named_and_told_of_by_the_first_and_counts_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One death of two is none of the second life."""
    slug = "expired-token"
    ((first, blow),) = SAMPLE_AGAIN[slug]
    good = whole(slug)
    deaths_of = {(first,): 1, (first, blow): 1}
    monkeypatch.setattr(
        deaths,
        "_play",
        lambda _, *blows: replace(
            good, deaths=deaths_of[blows], lives=(good.points, Counter())
        ),
    )
    missed = die(slug, good, blow, first)
    assert not missed.died
    assert missed.name == f"{slug}, dead {first.name}: {blow.name}"


@pytest.mark.parametrize("slug", {**SAMPLE, **SAMPLE_AGAIN})
def test_a_death_at_any_point_loses_and_repeats_nothing(
    slug: str, capsys: pytest.CaptureFixture[str]
) -> None:
    good = whole(slug)
    died = [die(slug, good, blow) for blow in SAMPLE.get(slug, ())]
    again = SAMPLE_AGAIN.get(slug, ())
    died += [die(slug, good, blow, first) for first, blow in again]
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *matrix(died), ""]))
    assert [one.told for one in died if one.wrong] == []
    assert all(one.died for one in died)
