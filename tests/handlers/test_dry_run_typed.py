"""`/triage runbook NAME --dry-run`: one person sees it, and nothing else happens."""

import asyncio
from dataclasses import replace

import jsonschema
import pytest
from desk_house import (
    CATALOGUE,
    HERE,
    RECONNECT,
    ROBIN,
    RULES,
    SAM,
    calls,
    house,
    keep_nothing,
)

from bot.cli.schema import schema
from bot.core.actions import Effect
from bot.core.policy import Deed
from bot.core.runbook.pages import Call, Runbook, Step, StepKind
from bot.errors import UsageError
from bot.world.rooms import RoomsUnreachable
from handlers import run
from handlers.errands import Errands
from handlers.grammar import parse
from handlers.render.dry_run import plain
from handlers.render.message import wanted

CANARY = "words of somebody"
WHOSE = Call(
    name="reconnect-participant",
    params={"room": "{room}", "identity": "{participant}"},
)
KICK = RECONNECT.model_copy(
    update={"steps": (RECONNECT.steps[0].model_copy(update={"call": WHOSE}),)}
)
PEEK = Runbook(
    slug="peek",
    title="Look at the room",
    sha256="ef" * 32,
    steps=(
        Step(
            title="Is anybody there?",
            kind=StepKind.CHECK,
            call=Call(name="room-occupied", params={"room": "{room}"}),
        ),
    ),
)
LED = replace(
    RULES.policy,
    groups={"leads": frozenset({SAM})},
    may={**RULES.policy.may, Deed.APPROVE: frozenset({"leads"})},
    approvals=RULES.policy.approvals | {Effect.ONE_PARTICIPANT: 2},
)
"""A policy by which two leads must approve what disturbs one participant."""
SLACK_ADVISES = 4_000
"""Characters of one message's text."""
WRITES = ("commit", "add_links", "check_point")


PAGES = (KICK, PEEK)


def under(at, policy=LED):
    """Let the bot have these pages, and go by this policy, from now on."""
    rules = replace(RULES, policy=policy, library={one.slug: one for one in PAGES})
    service = replace(at.desk.service, rules=rules)
    planner = replace(at.desk.dry_run.planner, rules=rules)
    dry = replace(at.desk.dry_run, service=service, planner=planner)
    changes = {"service": service, "dry_run": dry, "library": rules.library}
    for name, value in changes.items():
        object.__setattr__(at.desk, name, value)


async def dry_run(at, slug):
    """Type it when nothing but notices can be written; return what Robin is shown."""
    incident = await at.open()
    before, said = await at.bodies(incident), calls(at)
    with pytest.MonkeyPatch.context() as patched:
        keep_nothing(at, patched, *WRITES)
        seen = await at.workspace.command(
            ROBIN, HERE, "/triage", f"runbook {slug} --dry-run"
        )
        assert "Dry run, nothing is touched" in seen.message["text"]
        shown = await told(at)
    posted = [one.name for one in at.workspace.journal.calls()][said:]
    assert set(posted) == {"chat.postEphemeral"}
    assert await at.bodies(incident) == before
    assert (at.rooms.removed, at.rooms.sent) == ([], [])
    return shown


@pytest.fixture
async def at(tmp_path):
    async with house(tmp_path) as here:
        yield here


def whispers(at, user):
    return [m["text"] for m in at.workspace.ephemerals(user)]


async def told(at, user=ROBIN, ends="Nothing was done, kept or held."):
    await at.workspace.wait_for(
        lambda: any(ends in one for one in whispers(at, user)), 10
    )
    return whispers(at, user)


@pytest.mark.parametrize(
    "typed",
    ["--dry-run", "\u2014dry-run", "\u2013DRY-RUN"],
    ids=["dashes", "em-dash", "en-dash"],
)
def test_phones_make_other_dashes_of_it(typed):
    ask = parse(f"runbook Restart the {typed} router")
    assert (ask.verb, ask.words, ask.dry_run) == ("runbook", "Restart the router", True)


def test_a_dry_run_of_nothing_says_what_to_type():
    with pytest.raises(UsageError, match="NAME --dry-run"):
        parse("runbook --dry-run")


def test_without_it_a_page_is_started():
    assert not parse("runbook reconnect").dry_run


async def test_only_the_person_sees_it_and_the_incident_does_not_change(at):
    incident = await at.open()
    before = await at.kinds(incident)
    said = await at.type("runbook reconnect --dry-run")
    assert "Dry run, nothing is touched" in said
    shown = await told(at)
    assert all("Dry run, nothing is touched" in one for one in shown)
    assert any("Step 1 of 1" in one and "Reconnect" in one for one in shown)
    assert whispers(at, SAM) == []
    assert await at.kinds(incident) == before
    assert at.rooms.removed == []
    assert [m for m in at.workspace.messages(HERE) if m.get("bot_id")] == []


async def test_an_act_is_shown_to_each_of_its_ends_and_nothing_is_written_or_done(at):
    under(at)
    at.rooms.put("alice", room="blue")
    shown = await dry_run(at, "reconnect")
    assert all(one.startswith(":test_tube: *Dry run") for one in shown)
    assert max(map(len, shown)) < SLACK_ADVISES
    whole = "\n".join(shown)
    for said in (
        "[Run] asks first: *reconnect-participant?* alice's session PA_1 in room blue.",
        "By the policy it needs 2 approvals by leads",
        "one act may disturb 25 participants (this one: 1), and 6 acts",
        "(so far: 0)",
        "> :hourglass_flowing_sand: <@U0RESP> asks to run it; it lacks 2 approvals",
        "> The glass is broken",
        "> :white_check_mark: Done. (What the server says is told here",
        "> :warning: It cannot be run now. (Why nothing was done",
        "> :warning: In doubt: the bot cannot tell whether it happened.",
        "> • Step 1: approved by approver 2",
        "> • Step 1: done. (What the server says is told here",
        "> • <@U0RESP> resolved it",
    ):
        assert said in whole


async def test_a_page_that_only_looks_shows_what_was_seen_and_its_summary(at):
    under(at)
    at.rooms.put("alice", room="blue")
    shown = await dry_run(at, "peek")
    whole = "\n".join(shown)
    assert "after a press of Run" not in whole
    assert ":white_check_mark: Done." in whole
    assert "> • Step 1: the check was ok (" in whole


async def test_an_act_that_cannot_be_planned_says_that_nothing_can_be_known(at):
    under(at)
    whole = "\n".join(await dry_run(at, "reconnect"))
    assert "alice is not in room blue" in whole
    assert "Run cannot be pressed now, so what would be touched" in whole
    assert "(this one: it is not known how many)" in whole
    assert "> • Step 1: skipped by the bot" in whole


async def test_the_terminal_tells_the_same_and_that_it_does_not_count_for_others(at):
    under(at)
    at.rooms.put("alice", room="blue")
    state = await at.desk.service.load(await at.open())
    events = await at.desk.service.events(state.id)
    walk = at.desk.dry_run.walk(state, events, KICK, by=ROBIN)
    shown = [_as_a_terminal_shows(one) async for one in walk]
    told = "\n".join(plain(line) for one in shown for line in run._more(one))
    assert "it needs 2 approvals by leads" in told
    assert "(so far: this is not known here)" in told
    assert (
        "--- step:1:1. If somebody breaks the glass, the whole channel reads:" in told
    )
    assert "> • Step 1: done. (What the server says is told here" in told
    document = run.report("reconnect", shown).model_dump(mode="json")
    jsonschema.validate(document, schema("run"))
    [step] = document["steps"]
    assert step["caps"]["this_one"] == 1
    assert [one["case"] for one in step["after_run"]][:3] == [
        *("pressed", "awaiting", "broken")
    ]
    assert "approved by approver 2" in document["summary"]


def _as_a_terminal_shows(moment):
    drawn = wanted(moment.state, moment.events, CATALOGUE)
    message = next(one for one in drawn if one.part == "step:1:1")
    return run._beyond(message, run._counted_elsewhere(moment), CATALOGUE)


async def test_there_must_be_an_incident_and_a_page(at):
    assert "no incident in this channel" in await at.type("runbook reconnect --dry-run")
    await at.open()
    assert "no runbook of that name" in await at.type("runbook nonsense --dry-run")


async def test_trouble_on_the_way_is_told_with_where_the_log_has_it(
    at, monkeypatch, capsys
):
    await at.open()

    async def broken(*_, **__):
        raise KeyError(CANARY)
        yield

    monkeypatch.setattr(type(at.desk.dry_run), "walk", broken)
    await at.type("runbook reconnect --dry-run")
    shown = await told(at, ends="in the log under ref-")
    assert not any(CANARY in one for one in shown)
    assert CANARY not in capsys.readouterr().out


async def test_a_reason_that_is_known_is_told_as_it_is(at, monkeypatch):
    await at.open()

    async def refused(*_, **__):
        raise RoomsUnreachable("The server is away.")
        yield

    monkeypatch.setattr(type(at.desk.dry_run), "walk", refused)
    await at.type("runbook reconnect --dry-run")
    assert await told(at, ends="It ends here: The server is away.")


async def test_the_same_delivery_begins_one_errand_and_too_many_are_refused():
    errands, began, never = Errands(most=1), [], asyncio.Event()

    async def errand():
        began.append(1)
        await never.wait()

    errands.begin("a", errand)
    errands.begin("a", errand)
    with pytest.raises(UsageError, match="Several dry runs"):
        errands.begin("b", errand)
    await asyncio.sleep(0)
    await errands.stop()
    errands.begin("b", errand)
    await asyncio.sleep(0)
    assert len(began) == 2
    await errands.stop()
