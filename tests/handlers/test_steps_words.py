"""The small form that asks why a step is skipped or has failed."""

import pytest
from desk_house import GALE, ROBIN, SAM, house, say_nothing

from handlers.render import form
from rehearsal.slack.faults import Fault, Status

FIRST = "step:1:1"
WHY = "triage:words-typed"


@pytest.fixture
async def at(tmp_path):
    async with house(tmp_path) as up:
        yield up


async def why(at, words):
    """Fill in the small form and send it."""
    view = at.view()
    at.workspace.fill(view.id, WHY, words, form.WORDS)
    return await at.workspace.submit(view.id)


async def settled(at, incident):
    return [b for b in await at.bodies(incident) if b.kind == "step.settled"]


@pytest.mark.parametrize(("verb", "how"), [("skip", "skipped"), ("fail", "failed")])
async def test_skipping_and_failing_ask_why_first(at, verb, how):
    drawn = await at.draw(incident := await at.started())
    await at.press(drawn[FIRST], f"triage:{verb}")
    assert await settled(at, incident) == []
    assert (await why(at, "No router here.")).outcome == "closed"
    [told] = await settled(at, incident)
    assert (told.how, told.words) == (how, "No router here.")


@pytest.mark.parametrize("words", ["   ", "\u200b"])
async def test_empty_words_are_refused_beside_the_field(at, words):
    drawn = await at.draw(incident := await at.started())
    await at.press(drawn[FIRST], "triage:skip")
    told = await why(at, words)
    assert told.errors == {WHY: "Say in a few words why."}
    assert await settled(at, incident) == []


async def test_the_same_words_sent_twice_are_one(at):
    drawn = await at.draw(incident := await at.started())
    await at.press(drawn[FIRST], "triage:skip")
    await why(at, "Not here.")
    assert await at.send(at.last()) == (200, {"response_action": "clear"})
    assert len(await settled(at, incident)) == 1
    assert await at.store.notices(at.clock.at, 10) == []


async def test_a_step_that_is_done_does_not_ask_why(at):
    drawn = await at.draw(await at.started())
    await at.press(drawn[FIRST], "triage:confirm", user=SAM)
    await at.press(drawn[FIRST], "triage:skip")
    assert f"<@{SAM}>" in await at.whispered()
    assert at.workspace.views(ROBIN) == []


async def test_who_writes_while_another_confirms_is_told_who_was_first(at):
    drawn = await at.draw(incident := await at.started())
    await at.press(drawn[FIRST], "triage:skip")
    await at.press(drawn[FIRST], "triage:confirm", user=SAM)
    assert (await why(at, "Not here.")).outcome == "closed"
    assert f"<@{SAM}> <!date^" in await at.whispered()
    assert len(await settled(at, incident)) == 1


async def test_who_was_first_stands_beside_the_words_if_it_cannot_be_whispered(
    at, monkeypatch
):
    drawn = await at.draw(incident := await at.started())
    await at.press(drawn[FIRST], "triage:skip")
    await at.press(drawn[FIRST], "triage:confirm", user=SAM)
    say_nothing(at, monkeypatch)
    told = await why(at, "Not here.")
    assert f"<@{SAM}>" in told.errors[WHY]
    assert len(await settled(at, incident)) == 1


async def test_a_refusal_without_anybody_stands_beside_the_words(at):
    drawn = await at.draw(incident := await at.started())
    await at.press(drawn[FIRST], "triage:skip")
    await why(at, "Not here.")
    forged = at.last()
    forged["view"]["id"] = "VOTHER"
    memo = forged["view"]["private_metadata"].replace('"s":1', '"s":9')
    forged["view"]["private_metadata"] = memo
    _, told = await at.send(forged)
    assert told["errors"] == {WHY: "There is no such step."}
    assert len(await settled(at, incident)) == 1


async def test_a_guest_cannot_send_the_words_either(at):
    drawn = await at.draw(incident := await at.started())
    await at.press(drawn[FIRST], "triage:skip")
    await why(at, "Not here.")
    forged = at.last()
    forged["user"]["id"] = GALE
    forged["view"]["id"] = "VOTHER"
    _, told = await at.send(forged)
    assert "Guests" in told["errors"][WHY]
    assert len(await settled(at, incident)) == 1


async def test_when_the_small_form_cannot_open_it_says_to_press_again(at):
    drawn = await at.draw(await at.started())
    at.workspace.faults.add(Fault("views.open", Status(500)))
    await at.press(drawn[FIRST], "triage:skip")
    assert "Press the button again." in await at.whispered()
