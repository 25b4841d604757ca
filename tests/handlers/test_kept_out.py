"""Whoever the policy keeps out of opening, confirming, looking or resolving."""

from dataclasses import replace

import pytest
from desk_house import RECONNECT, ROBIN, RULES, house

from bot.core.policy import SAYS, Deed
from bot.core.runbook.pages import Step, StepKind
from bot.engine.authority import Authority
from handlers.render import form

FIRST = "step:1:1"


@pytest.fixture
async def at(tmp_path):
    async with house(tmp_path) as up:
        yield up


def keep_out(at, deed):
    """Let only leads do the deed from now on; nobody here is one."""
    policy = replace(
        RULES.policy,
        groups={"leads": frozenset({"U0LEAD"})},
        may={**RULES.policy.may, deed: frozenset({"leads"})},
    )
    object.__setattr__(at.desk, "authority", Authority(policy, at.desk.people))


async def is_on_the_timeline(at, incident, deed):
    """Say whether nothing but a refusal of that deed has happened."""
    body = (await at.bodies(incident))[-1]
    return (body.kind, body.deed, body.could) == ("press.refused", deed, ("leads",))


@pytest.mark.parametrize(
    ("deed", "text"),
    [
        (Deed.OPEN, "green"),
        (Deed.CONFIRM, "runbook restart-router"),
        (Deed.LOOKS, "status"),
        (Deed.LOOKS, "list"),
        (Deed.LOOKS, "summary"),
        (Deed.RESOLVE, "resolve It is over."),
        (Deed.RESOLVE, "reopen It is back."),
    ],
)
async def test_whoever_types_it_is_told_why_and_who_could(at, deed, text):
    incident = await at.open()
    before = await at.kinds(incident)
    keep_out(at, deed)
    said = await at.type(text)
    assert f"The policy does not let you {SAYS[deed]}. Who could: leads" in said
    assert await is_on_the_timeline(at, incident, deed)
    assert await at.kinds(incident) == [*before, "press.refused"]
    assert len(await at.incidents()) == 1


@pytest.mark.parametrize(
    ("deed", "part", "button"),
    [
        (Deed.CONFIRM, FIRST, "confirm"),
        (Deed.CONFIRM, FIRST, "skip"),
        (Deed.RESOLVE, "card", "resolve"),
    ],
)
async def test_whoever_presses_it_is_told_why_and_who_could(at, deed, part, button):
    incident = await at.started()
    before = await at.kinds(incident)
    drawn = await at.draw(incident)
    keep_out(at, deed)
    await at.press(drawn[part], f"triage:{button}")
    told = await at.whispered()
    assert f"The policy does not let you {SAYS[deed]}. Who could: leads" in told
    assert await is_on_the_timeline(at, incident, deed)
    assert await at.kinds(incident) == [*before, "press.refused"]


async def test_whoever_may_not_run_what_a_stop_holds_back_cannot_override_it(at):
    halt = Step(title="Stop.", kind=StepKind.STOP, when="sign.seen == true")
    book = RECONNECT.model_copy(update={"steps": (halt, *RECONNECT.steps)})
    incident = await at.started(book)
    drawn = await at.draw(incident)
    keep_out(at, Deed.ONE_PARTICIPANT)
    await at.press(drawn[FIRST], "triage:skip")
    assert "Who could: leads" in await at.whispered()
    assert at.workspace.views(ROBIN) == []
    assert await is_on_the_timeline(at, incident, Deed.ONE_PARTICIPANT)


async def test_whoever_asks_for_a_look_by_its_button_is_told_so_too(at):
    incident = await at.open()
    await at.report(incident, 1)
    drawn = await at.draw(incident)
    keep_out(at, Deed.LOOKS)
    await at.press(drawn["ranking"], "triage:request")
    assert "Who could: leads" in await at.whispered()
    assert await is_on_the_timeline(at, incident, Deed.LOOKS)


async def test_whoever_may_not_open_cannot_by_the_form_either(at):
    await at.form()
    await at.workspace.suggest(ROBIN, at.view().id, form.ROOM, "green")
    await at.workspace.choose(ROBIN, at.view().id, form.ROOM, value="green")
    keep_out(at, Deed.OPEN)
    sent = await at.workspace.submit(at.view().id)
    assert "The policy does not let you open incidents" in str(sent.errors)
    assert await at.incidents() == []
