"""The page that ships, in the worlds that it must tell apart."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.evidence import Fact
from bot.core.guard import Guard
from bot.core.ranking import rank
from bot.core.runbook.pages import StepKind
from bot.core.runbook.read import read
from bot.pages import catalogue

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
FILE = "runbooks/token-invalid-or-expired.md"
FINE = {
    "token.status": "ok",
    "token.client_accepts": True,
    "token.accepted": True,
    "token.identity_matches": True,
    "token.room_matches": True,
    "token.grants_ok": True,
    "token.spelling_matters": False,
    "room.exists": True,
    "room.participants": 2,
    "room.participant_state": "active",
    "participant.pattern": "steady",
}
EXPIRED = FINE | {
    "token.status": "expired",
    "token.client_accepts": False,
    "token.accepted": False,
    "room.participant_state": "joined",
    "participant.pattern": "reconnect-loop",
}
ROTATED = FINE | {
    "token.accepted": False,
    "room.exists": False,
    "room.participants": 0,
    "room.participant_state": "absent",
    "participant.pattern": "absent",
}
HTML = {
    "token.status": "html",
    "room.participant_state": "active",
    "participant.pattern": "steady",
}
TWO_DEVICES = FINE | {"participant.pattern": "duplicate-identity"}


@pytest.fixture(scope="module")
def page():
    text = Path(FILE).read_text(encoding="utf-8")
    found = read(text, file=FILE, catalogue=catalogue())
    assert not found.problems
    return found.runbooks[0]


def facts(world):
    return [
        Fact(name=name, value=value, observed_at=NOW, source="a-check")
        for name, value in world.items()
    ]


def ranking(page, world):
    return rank({page.slug: page}, facts(world), NOW)


@pytest.mark.parametrize("world", [EXPIRED, ROTATED, HTML])
def test_it_is_proposed_when_tokens_are_at_fault(page, world):
    assert ranking(page, world).proposed == page.slug


def test_it_is_ruled_out_by_the_same_identity_on_two_devices(page):
    said = ranking(page, TWO_DEVICES)
    assert said.proposed is None
    assert "is ruled out: participant.pattern == 'duplicate-identity'" in said.because


def test_two_devices_do_not_hide_an_endpoint_that_is_ill(page):
    assert ranking(page, TWO_DEVICES | HTML | {"token.accepted": False}).proposed


def test_nothing_speaks_for_it_in_a_healthy_room(page):
    said = ranking(page, FINE)
    assert (said.proposed, said.ranked[0].score) == (None, 0)


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("token.identity_matches", False),
        ("token.room_matches", False),
        ("token.grants_ok", False),
        ("token.spelling_matters", True),
        ("token.client_accepts", False),
        ("participant.pattern", "aborting"),
    ],
)
def test_each_fault_of_a_token_alone_is_enough(page, fact, value):
    assert ranking(page, FINE | {fact: value}).proposed == page.slug


def test_its_four_steps_are_those_of_the_source(page):
    assert [(step.kind, step.title) for step in page.steps] == [
        (StepKind.CHECK, "Verify token endpoint availability and response format."),
        (StepKind.ACTION, "Force token refresh path by reconnect."),
        (StepKind.CHECK, "Verify identity bound in token payload."),
        (
            StepKind.CONFIRM,
            "Confirm saved tokens for room are refreshed in secure storage.",
        ),
    ]
    assert page.steps[1].verify == "participant-connected"


@pytest.mark.parametrize(
    ("world", "holds"),
    [(FINE, True), (ROTATED, False), (HTML, False), (EXPIRED, False), ({}, None)],
)
def test_nobody_is_disconnected_while_they_could_not_get_back_in(page, world, holds):
    seen = {fact.name: fact for fact in facts(world)}
    assert Guard.parse(page.steps[1].when).weigh(seen, NOW).holds is holds
