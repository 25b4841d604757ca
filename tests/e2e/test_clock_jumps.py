"""The machine's clock is turned in the middle of an incident: it ends all the same."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot import app as bot_app
from handlers import edge
from rehearsal.narrator import Narrator
from rehearsal.player import Player
from rehearsal.stagehands import House
from tests.e2e.crash import Stage, mortal_house, set_scene
from tests.e2e.houses import PARTS, parts, removed
from tests.e2e.life import Blow, Life
from tests.e2e.mortal import TEMPER
from tests.e2e.mortality import make_mortal
from tests.e2e.stories import scenario_of

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("clock")]

AN_HOUR_BACK, A_DAY_ON = timedelta(hours=-1), timedelta(days=1)
CONFIRM = 11
"""The act of the script that confirms the last step; resolving comes after it.

Before it tokens are judged, and a clock that is wrong judges them wrongly; which is
told, but cannot be made good.
"""


class Clock:
    """The machine's clock, which can be turned."""

    def __init__(self) -> None:
        self.off = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.off

    def time(self) -> float:
        return self.now().timestamp()

    def monotonic(self) -> float:
        return time.monotonic()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    make_mortal(monkeypatch)
    turned = Clock()
    monkeypatch.setattr(bot_app, "now", turned.now)
    monkeypatch.setattr(edge, "time", turned)
    return turned


async def played(
    folder: Path, at: int, turn: Callable[[House], None], blow: Blow | None = None
) -> tuple[int, tuple[str, ...], list[str]]:
    """Play it, with `turn` before one of its acts; return what came of it."""
    scenario = scenario_of("expired-token")
    async with mortal_house(folder, scenario, Stage(blow=blow)) as house:
        await house.bot.start()
        await set_scene(house.deployment, scenario.faults)
        player = Player(house, Narrator(lambda _: None), TEMPER)
        for number, act in enumerate(scenario.good_responder):
            if number == at:
                turn(house)
            await player.do(act)
        await house.bot.quiet()
        assert player.resolved()
        return removed(house), parts(house), await _ready(house)


async def _ready(house: House) -> list[str]:
    life: Life = house.bot.lives[-1]
    url = f"http://127.0.0.1:{life.port}/readyz"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        reasons: list[str] = (await answer.json())["reasons"]
        return reasons


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (AN_HOUR_BACK, "This machine's clock is 1 h 0 min behind Slack's."),
        (A_DAY_ON, "This machine's clock is 24 h 0 min ahead of Slack's."),
    ],
)
async def test_a_clock_that_jumps_in_an_incident_holds_nothing_up(
    tmp_path: Path, clock: Clock, by: timedelta, words: str
) -> None:
    def turn(_: House) -> None:
        clock.off = by

    acts, shown, reasons = await played(tmp_path, CONFIRM, turn)
    assert (acts, shown) == (1, PARTS)
    (reason,) = reasons
    assert _near(reason, words)


def _near(reason: str, words: str) -> bool:
    """Whole seconds of HTTP may make a minute more or less of it."""
    less = words.replace("1 h 0 min", "59 min").replace("24 h 0", "23 h 59")
    return reason.startswith((words, less))


async def test_a_post_is_found_again_though_the_clock_was_set_right_in_between(
    tmp_path: Path, clock: Clock
) -> None:
    """A day ahead when it is posted, right when it is sought: it is there once."""
    clock.off = A_DAY_ON

    def turn(house: House) -> None:
        for life in house.bot.lives:
            life.when_over = lambda: setattr(clock, "off", timedelta())

    died = Blow("slack chat.postMessage", 4, "after")
    acts, shown, reasons = await played(tmp_path, 0, turn, died)
    assert (acts, shown, reasons) == (1, PARTS, [])
