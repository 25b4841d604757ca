"""Approve, decline and break the glass, as people press them in Slack."""

from dataclasses import replace

import pytest
from desk_house import ROBIN, RULES, SAM, house, plan

from bot.core.actions import Effect
from bot.core.incident.commands import Intend, Press
from bot.core.incident.events import StepRef
from bot.core.incident.press import plan_digest
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import StepStatus, Verb
from bot.core.policy import MEMBERS, Deed
from bot.engine.authority import Authority
from handlers.render import form

FIRST, STEP = "step:1:1", StepRef(1, 1)
WHY = "triage:words-typed"
LEAD = "U0LEAD"
ONE_OTHER = replace(
    RULES.policy, approvals=RULES.policy.approvals | {Effect.ONE_PARTICIPANT: 1}
)
TWO_OTHERS = replace(
    ONE_OTHER, approvals=ONE_OTHER.approvals | {Effect.ONE_PARTICIPANT: 2}
)


def led_by(*people):
    """Let only these people approve and break the glass; everybody else may ask."""
    leads = frozenset({"leads"})
    return replace(
        ONE_OTHER,
        groups={"leads": frozenset(people)},
        may={**ONE_OTHER.may, Deed.APPROVE: leads, Deed.BREAK_GLASS: leads},
    )


def under(at, policy):
    """Let the bot go by this policy from now on."""
    rules = replace(RULES, policy=policy)
    object.__setattr__(at.desk, "service", replace(at.desk.service, rules=rules))
    object.__setattr__(at.desk, "authority", Authority(policy, at.desk.people))


async def ask(at, policy):
    """Let Sam ask to run what others must approve by this policy."""
    under(at, policy)
    incident = await at.ready()
    run = Press(STEP, Verb.RUN, plan=plan_digest(plan()))
    await at.do(incident, run, by=SAM)
    await at.do(incident, Intend(STEP, plan()))
    return incident


@pytest.fixture
async def at(tmp_path):
    async with house(tmp_path) as up:
        yield up


@pytest.fixture
async def asked(at):
    return await ask(at, ONE_OTHER)


async def step(at, incident):
    return (await at.desk.service.load(incident)).step(STEP)


async def refusals(at, incident):
    """Return who was refused which deed of which step, and who could."""
    return [
        (event.by, event.body.step, event.body.deed, event.body.could)
        for event in await at.desk.service.events(incident)
        if event.body.kind == "press.refused"
    ]


async def why(at, words, user=ROBIN):
    view = at.view(user)
    at.workspace.fill(view.id, WHY, words, form.WORDS)
    return await at.workspace.submit(view.id)


async def test_another_approves_after_a_dialog(at, asked):
    drawn = await at.draw(asked)
    assert (await at.press(drawn[FIRST], "triage:approve")).ok
    assert (await step(at, asked)).status is StepStatus.ASKED
    assert (await at.kinds(asked))[-1] == "approval.given"


async def test_whoever_asked_is_told_that_somebody_else_must(at, asked):
    drawn = await at.draw(asked)
    for _ in range(2):
        await at.press(drawn[FIRST], "triage:approve", user=SAM)
    told = await at.whispered(SAM)
    assert "You asked for it yourself; somebody else must approve it." in told
    assert "A full member of this workspace can." in told
    assert await refusals(at, asked) == [(SAM, STEP, Deed.APPROVE, (MEMBERS,))]
    assert (await step(at, asked)).approval.given_by == ()


async def test_a_lead_who_asked_is_told_which_others_could(at):
    asked = await ask(at, led_by(SAM, LEAD))
    drawn = await at.draw(asked)
    await at.press(drawn[FIRST], "triage:approve", user=SAM)
    assert "Who could: leads" in await at.whispered(SAM)
    assert await refusals(at, asked) == [(SAM, STEP, Deed.APPROVE, ("leads",))]


async def test_nobody_approves_twice_and_that_they_tried_stands_on_the_timeline(at):
    asked = await ask(at, TWO_OTHERS)
    drawn = await at.draw(asked)
    await at.press(drawn[FIRST], "triage:approve")
    await at.press(drawn[FIRST], "triage:approve")
    told = await at.whispered()
    assert "You have approved it already; somebody else must, too." in told
    assert "A full member of this workspace can." in told
    assert await refusals(at, asked) == [(ROBIN, STEP, Deed.APPROVE, (MEMBERS,))]
    assert (await step(at, asked)).approval.given_by == (ROBIN,)
    assert (await step(at, asked)).status is StepStatus.AWAITING


@pytest.mark.parametrize("person", [ROBIN, SAM])
@pytest.mark.parametrize(
    ("button", "deed", "words"),
    [
        ("approve", Deed.APPROVE, "approve actions"),
        ("break-glass", Deed.BREAK_GLASS, "break the glass"),
    ],
)
async def test_nobody_but_those_whom_the_policy_names_lets_it_run(
    at, person, button, deed, words
):
    asked = await ask(at, led_by(LEAD))
    drawn = await at.draw(asked)
    await at.press(drawn[FIRST], f"triage:{button}", user=person)
    told = await at.whispered(person)
    assert f"The policy does not let you {words}. Who could: leads" in told
    assert await refusals(at, asked) == [(person, STEP, deed, ("leads",))]
    assert at.workspace.views(person) == []
    await nothing_was_let_run(at, asked)


async def test_nobody_else_declines_but_whoever_asked_may_withdraw(at):
    asked = await ask(at, led_by(LEAD))
    drawn = await at.draw(asked)
    await at.press(drawn[FIRST], "triage:decline")
    assert "Who could: leads" in await at.whispered()
    assert await refusals(at, asked) == [(ROBIN, STEP, Deed.APPROVE, ("leads",))]
    await nothing_was_let_run(at, asked)
    await at.press(drawn[FIRST], "triage:decline", user=SAM)
    await why(at, "It came back.", SAM)
    assert (await step(at, asked)).void == "It came back."


async def test_whoever_the_policy_names_lets_it_run(at):
    asked = await ask(at, led_by(ROBIN))
    drawn = await at.draw(asked)
    await at.press(drawn[FIRST], "triage:approve")
    assert (await step(at, asked)).status is StepStatus.ASKED
    assert await refusals(at, asked) == []


async def test_a_reason_that_is_sent_when_the_policy_says_no_breaks_no_glass(at):
    asked = await ask(at, led_by(ROBIN))
    drawn = await at.draw(asked)
    await at.press(drawn[FIRST], "triage:break-glass")
    under(at, led_by(LEAD))
    told = await why(at, "She is locked out.")
    assert "does not let you break the glass" in told.errors[WHY]
    assert await refusals(at, asked) == [(ROBIN, STEP, Deed.BREAK_GLASS, ("leads",))]
    await nothing_was_let_run(at, asked)


async def nothing_was_let_run(at, asked):
    """Right before the act the core goes by what was approved: it does not act."""
    assert (await step(at, asked)).status is StepStatus.AWAITING
    assert (await step(at, asked)).approval.lacking == 1
    with pytest.raises(NotNow):
        await at.do(asked, Intend(STEP, plan()))
    let = {"approval.given", "glass.broken", "action.intended", "approval.declined"}
    assert let.isdisjoint(await at.kinds(asked))


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
