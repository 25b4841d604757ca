"""Approve, decline and break the glass, as people press them in Slack."""

from dataclasses import replace

import pytest
from desk_house import ROBIN, RULES, SAM, house, plan

from bot.core.actions import Effect
from bot.core.incident.commands import Intend, Press
from bot.core.incident.events import StepRef
from bot.core.incident.press import plan_digest
from bot.core.incident.state import StepStatus, Verb
from handlers.render import form

FIRST, STEP = "step:1:1", StepRef(1, 1)
WHY = "triage:words-typed"
WATCHED = replace(
    RULES,
    policy=replace(
        RULES.policy,
        approvals=RULES.policy.approvals | {Effect.ONE_PARTICIPANT: 1},
    ),
)


@pytest.fixture
async def at(tmp_path):
    async with house(tmp_path) as up:
        service = replace(up.desk.service, rules=WATCHED)
        object.__setattr__(up.desk, "service", service)
        yield up


@pytest.fixture
async def asked(at):
    """Sam has asked to run what another must approve."""
    incident = await at.ready()
    run = Press(STEP, Verb.RUN, plan=plan_digest(plan()))
    await at.do(incident, run, by=SAM)
    await at.do(incident, Intend(STEP, plan()))
    return incident


async def step(at, incident):
    return (await at.desk.service.load(incident)).step(STEP)


async def why(at, words):
    view = at.view()
    at.workspace.fill(view.id, WHY, words, form.WORDS)
    return await at.workspace.submit(view.id)


async def test_another_approves_after_a_dialog(at, asked):
    drawn = await at.draw(asked)
    assert (await at.press(drawn[FIRST], "triage:approve")).ok
    assert (await step(at, asked)).status is StepStatus.ASKED
    assert (await at.kinds(asked))[-1] == "approval.given"


async def test_whoever_asked_is_told_that_somebody_else_must(at, asked):
    drawn = await at.draw(asked)
    await at.press(drawn[FIRST], "triage:approve", user=SAM)
    assert "You asked for it yourself" in await at.whispered(SAM)


async def test_declining_asks_why(at, asked):
    drawn = await at.draw(asked)
    await at.press(drawn[FIRST], "triage:decline")
    assert (await step(at, asked)).status is StepStatus.AWAITING
    assert (await why(at, "Not at noon.")).outcome == "closed"
    assert (await step(at, asked)).void == "Not at noon."


async def test_the_glass_is_broken_with_a_reason(at, asked):
    drawn = await at.draw(asked)
    await at.press(drawn[FIRST], "triage:break-glass")
    assert (await why(at, " ")).errors == {WHY: "Say in a few words why."}
    await why(at, "She is locked out.")
    assert (await step(at, asked)).approval.glass_by == ROBIN
    drawn = await at.draw(asked)
    assert any(part.startswith("glass:") for part in drawn)


async def test_a_form_for_a_request_that_is_void_by_then_changes_nothing(at, asked):
    drawn = await at.draw(asked)
    await at.press(drawn[FIRST], "triage:break-glass")
    await at.press(drawn[FIRST], "triage:approve")
    await at.do(asked, Intend(STEP, plan("PA_1").model_copy(update={"blast": "More."})))
    told = await why(at, "She is locked out.")
    assert "is ready" in str(told.errors) or told.outcome == "closed"
    assert "glass.broken" not in await at.kinds(asked)
