"""The form of a step that asks: opened, answered, refused, attested by two."""

import pytest
from desk_house import ELI, ROBIN, SAM, house, say_nothing

from bot.core.incident import commands as c
from bot.core.incident.events import StepRef
from bot.core.incident.state import Verb
from bot.core.policy import Deed
from bot.core.runbook.pages import Ask, AskKind, Runbook, Step, StepKind
from handlers.render import form
from rehearsal.slack.faults import Fault, Status

SEEN = Ask(
    name="seen", question="Is it there?", kind=AskKind.CHOICE, choices=("yes", "no")
)
COUNT = Ask(name="count", question="How many?", kind=AskKind.NUMBER)
TRACE = Ask(name="trace", question="Where?", kind=AskKind.LINK)
BUILD = Ask(name="build", question="Which build?", kind=AskKind.NAME)
ASKING = Runbook(
    slug="asking",
    title="Ask",
    sha256="ab" * 32,
    steps=(Step(title="Look.", asks=(SEEN, COUNT, TRACE, BUILD)), Step(title="Go.")),
)
VOUCHING = Runbook(
    slug="vouching",
    title="Vouch",
    sha256="cd" * 32,
    steps=(
        Step(title="Vouch.", kind=StepKind.ATTEST, asks=(BUILD,)),
        Step(title="Go."),
    ),
)
FIRST = "step:1:1"
GOOD = {SEEN: "no", COUNT: "2", TRACE: "https://example.org/1", BUILD: "6470ae3"}


@pytest.fixture
async def at(tmp_path):
    async with house(tmp_path) as up:
        yield up


async def opened(at, book=ASKING, user=ROBIN):
    incident = await at.started(book)
    drawn = await at.draw(incident)
    assert (await at.press(drawn[FIRST], "triage:confirm", user=user)).ok
    return incident, at.view(user)


async def answer(at, view, answers):
    for ask, value in answers.items():
        field = form.field_of(ask)
        at.workspace.fill(view.id, field, value, field)
    return await at.workspace.submit(view.id)


async def settled(at, incident):
    return [b for b in await at.bodies(incident) if b.kind == "step.settled"]


async def test_a_step_that_asks_is_confirmed_by_its_answers(at):
    incident, view = await opened(at)
    labels = [one["label"]["text"] for one in view.view["blocks"]]
    assert labels == ["Is it there?", "How many?", "Where?", "Which build?"]
    assert await settled(at, incident) == []
    await answer(at, view, GOOD)
    [told] = await settled(at, incident)
    assert told.answers == {
        "seen": "no",
        "count": 2,
        "trace": "https://example.org/1",
        "build": "6470ae3",
    }


async def test_what_is_no_answer_is_told_beside_its_field(at):
    incident, view = await opened(at)
    await answer(at, view, GOOD | {COUNT: "many", TRACE: "ftp://x"})
    errors = at.workspace.journal.deliveries()[-1]
    assert await settled(at, incident) == []
    assert errors.arguments["type"] == "view_submission"
    state = at.view()
    assert set(state.errors) == {form.field_of(COUNT), form.field_of(TRACE)}
    await answer(at, view, GOOD)
    assert len(await settled(at, incident)) == 1


async def test_who_comes_second_is_told_who_was_first(at):
    incident, view = await opened(at)
    ref = StepRef(1, 1)
    typed = {ask.name: value for ask, value in GOOD.items()}
    await at.do(incident, c.Press(ref, Verb.CONFIRM, answers=typed), by=SAM)
    await answer(at, view, GOOD)
    assert f"<@{SAM}>" in await at.whispered()
    assert len(await settled(at, incident)) == 1


async def test_who_was_first_stands_beside_a_field_if_it_cannot_be_whispered(
    at, monkeypatch
):
    incident, view = await opened(at)
    typed = {ask.name: value for ask, value in GOOD.items()}
    press = c.Press(StepRef(1, 1), Verb.CONFIRM, answers=typed)
    await at.do(incident, press, by=SAM)
    say_nothing(at, monkeypatch)
    await answer(at, view, GOOD)
    (said,) = at.view().errors.values()
    assert f"<@{SAM}>" in said
    assert len(await settled(at, incident)) == 1


async def refusals(at, incident):
    """Return who was refused which deed of which step, as the timeline has it."""
    return [
        (event.by, event.body.step, event.body.deed)
        for event in await at.desk.service.events(incident)
        if event.body.kind == "press.refused"
    ]


async def test_two_people_attest_and_one_cannot_do_it_twice(at):
    incident, view = await opened(at, VOUCHING)
    await answer(at, view, {BUILD: "6470ae3"})
    drawn = await at.draw(incident)
    await at.press(drawn[FIRST], "triage:confirm")
    assert "the second must be somebody else" in await at.whispered()
    assert "A full member of this workspace can." in await at.whispered()
    assert await refusals(at, incident) == [(ROBIN, StepRef(1, 1), Deed.CONFIRM)]
    assert await settled(at, incident) == []
    await at.press(drawn[FIRST], "triage:confirm", user=SAM)
    await answer(at, at.view(SAM), {BUILD: "27ab114"})
    assert len(await settled(at, incident)) == 1
    kinds = await at.kinds(incident)
    assert kinds.count("step.attested") == 2


async def test_a_form_that_was_open_before_one_attested_is_refused_on_the_timeline_too(
    at,
):
    incident, view = await opened(at, VOUCHING)
    typed = {VOUCHING.steps[0].asks[0].name: "6470ae3"}
    press = c.Press(StepRef(1, 1), Verb.CONFIRM, answers=typed)
    await at.do(incident, press, by=ROBIN)
    await answer(at, view, {BUILD: "6470ae3"})
    assert "the second must be somebody else" in await at.whispered()
    assert await refusals(at, incident) == [(ROBIN, StepRef(1, 1), Deed.CONFIRM)]


async def test_the_form_says_that_one_vouches_with_a_name_and_not_alone(at):
    _, view = await opened(at, VOUCHING)
    said = view.view
    assert (said["title"]["text"], said["submit"]["text"]) == (
        "Attest this step",
        "Attest",
    )
    assert "You vouch for this with your name" in said["blocks"][0]["text"]["text"]
    _, plain = await opened(at, ASKING)
    assert plain.view["title"]["text"] == "What did you see?"


async def test_somebody_from_elsewhere_cannot_attest(at):
    _, view = await opened(at, VOUCHING)
    await answer(at, view, {BUILD: "6470ae3"})
    sent = at.last()
    sent["user"] = {"id": ELI, "team_id": at.workspace.state.directory.team_of(ELI)}
    sent["view"]["id"] = "V0OTHER"
    status, said = await at.send(sent)
    assert status == 200
    assert "another workspace" in str(said)


@pytest.mark.parametrize("step", [2, 7])
async def test_a_form_about_a_step_that_asks_nothing_is_refused(at, step):
    _, view = await opened(at)
    await answer(at, view, GOOD)
    sent = at.last()
    memo = sent["view"]["private_metadata"].replace('"s":1', f'"s":{step}')
    sent["view"] |= {"private_metadata": memo, "id": "V0OTHER"}
    status, said = await at.send(sent)
    assert status == 200
    assert "press the button again" in str(said)


async def test_when_slack_does_not_open_the_form_it_says_so(at):
    incident = await at.started(ASKING)
    drawn = await at.draw(incident)
    at.workspace.faults.add(Fault("views.open", Status(500), times=None))
    await at.press(drawn[FIRST], "triage:confirm")
    assert "Press the button again" in await at.whispered()
