"""The five pages: the 22 actions of the source in order, and guards that keep safe."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.evidence import Fact
from bot.core.incident import commands as c
from bot.core.incident.apply import apply, opened
from bot.core.incident.commands import Context, Rules
from bot.core.incident.decide import decide
from bot.core.incident.events import BOT, Event, Opened, RunbookStarted, StepRef
from bot.core.incident.guards import gate
from bot.core.report import Report
from bot.core.runbook.pages import StepKind
from tests.fakes.library import library, of_rooms

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
CHECK, ACTION, CONFIRM = StepKind.CHECK, StepKind.ACTION, StepKind.CONFIRM
STOP, ATTEST = StepKind.STOP, StepKind.ATTEST
ROOMS = of_rooms()
KINDS = {
    "token-invalid-or-expired": [CHECK, ACTION, CHECK, CONFIRM],
    "missing-group-key": [ACTION, CONFIRM, CHECK, CONFIRM, ACTION],
    "vault-key-unavailable": [CHECK, CONFIRM, ATTEST, STOP],
    "database-corruption-on-native": [CHECK, CHECK, ACTION, CHECK],
    "sync-divergence": [CHECK, CHECK, ACTION, CHECK, ATTEST],
}
SAID = {
    "missing-group-key": ["Do not press *Advance Epoch*", "Equal epochs are not equal"],
    "vault-key-unavailable": ["never replaces one", "*Clear App Data* deletes"],
    "database-corruption-on-native": [
        "The app deletes the corrupt original",
        "Never use *Clear App Data*",
        "cannot be",
    ],
    "sync-divergence": ["do not exist", "ignores those it receives"],
}


def holds(slug, number, facts, told=None):
    """Weigh the step's guards over these facts, and what people told."""
    book = library()[slug]
    first = Event(1, NOW, "U0ANN", Opened(report=Report(room="r"), channel="C0"))
    started = RunbookStarted(
        slug=slug, title=book.title, page_hash=book.sha256, steps=book.steps
    )
    state = apply(opened("inc1", first), Event(2, NOW, "U0ANN", started))
    known = {name: _fact(name, value) for name, value in facts.items()}
    said = {f"told.{k}": _fact(f"told.{k}", v) for k, v in (told or {}).items()}
    seqs = dict.fromkeys([*known, *said], 2)
    state = replaced(state, facts=known, told=said, fact_seq=seqs)
    return gate(state, state.step(StepRef(1, number)), NOW)


def replaced(state, **changes):
    return type(state)(**{**vars(state), **changes})


def _fact(name, value):
    return Fact(name=name, value=value, observed_at=NOW, source="x")


@pytest.mark.parametrize("slug", list(KINDS))
def test_each_action_of_the_source_is_one_step_of_a_fitting_kind(slug):
    assert [step.kind for step in library()[slug].steps] == KINDS[slug]


def test_there_are_22_actions():
    assert sum(map(len, KINDS.values())) == 22
    assert set(KINDS) == set(ROOMS)


@pytest.mark.parametrize("slug", list(SAID))
def test_where_source_and_app_differ_the_page_says_so(slug):
    with open(f"runbooks/{slug}.md", encoding="utf-8") as page:  # noqa: PTH123  as read
        text = " ".join(page.read().split())
    for words in SAID[slug]:
        assert words in text


@pytest.mark.parametrize("book", ROOMS.values(), ids=list(ROOMS))
def test_a_step_reads_well_without_a_bot(book):
    for step in book.steps:
        assert len(step.body) > 80
        assert "```" not in step.body


def test_if_still_failing_is_a_guard():
    fine = {"token.status": "ok", "token.accepted": True}
    page = "missing-group-key"
    assert holds(page, 5, fine, {"replayed": "no"}).holds
    assert holds(page, 5, fine, {"replayed": "cannot tell"}).holds
    assert holds(page, 5, fine, {"replayed": "yes"}).passes
    assert holds(page, 5, fine).holds is None
    ill = fine | {"token.accepted": False}
    assert holds(page, 5, ill, {"replayed": "no"}).holds is False


@pytest.mark.parametrize(
    ("facts", "told", "expected"),
    [
        ({"vault.key": "never-initialised", "vault.authority": True}, {}, None),
        (
            {"vault.key": "never-initialised", "vault.authority": True},
            {"recovered": "no"},
            True,
        ),
        ({"vault.key": "never-initialised"}, {"recovered": "no"}, None),
        ({"vault.key": "missing-after-initialised"}, {"recovered": "no"}, False),
        ({"vault.key": "never-initialised", "vault.authority": False}, {}, False),
    ],
)
def test_a_vault_key_is_made_only_by_the_authority_of_a_new_vault(
    facts, told, expected
):
    assert holds("vault-key-unavailable", 3, facts, told).holds is expected


@pytest.mark.parametrize(
    ("facts", "told", "goes_on"),
    [
        ({"vault.key": "missing-after-initialised", "vault.alone": False}, {}, False),
        (
            {"vault.key": "missing-after-initialised", "vault.alone": False},
            {"recovered": "no"},
            False,
        ),
        ({"vault.key": "missing-after-initialised"}, {"recovered": "yes"}, True),
        ({"vault.key": "healthy", "vault.alone": True}, {"recovered": "no"}, False),
        ({"vault.alone": False}, {"recovered": "no"}, False),
        ({"vault.key": "healthy"}, {"recovered": "no", "used": "nobody ever"}, False),
        ({"vault.key": "healthy", "vault.alone": False}, {"recovered": "no"}, True),
        ({"vault.key": "healthy", "vault.alone": False}, {}, False),
        (
            {"vault.key": "never-initialised", "vault.alone": False},
            {"recovered": "no", "used": "nobody ever"},
            True,
        ),
        (
            {"vault.key": "never-initialised", "vault.alone": False},
            {"recovered": "no", "used": "somebody did"},
            False,
        ),
        (
            {"vault.key": "never-initialised", "vault.alone": False},
            {"recovered": "no", "used": "not known"},
            False,
        ),
        (
            {"vault.key": "never-initialised", "vault.alone": False},
            {"recovered": "no"},
            False,
        ),
        (
            {"vault.key": "healthy", "vault.alone": False},
            {"recovered": "wrong key", "used": "nobody ever"},
            False,
        ),
    ],
)
def test_nobody_makes_a_lost_vault_key_anew(facts, told, goes_on):
    assert holds("vault-key-unavailable", 4, facts, told).passes is goes_on


@pytest.mark.parametrize("slug", ["database-corruption-on-native", "sync-divergence"])
def test_copies_are_compared_after_the_convergence_window(slug):
    step = next(
        n for n, s in enumerate(library()[slug].steps, 1) if "copies-compared" in str(s)
    )
    assert holds(slug, step, {"window.passed": True}).holds
    assert holds(slug, step, {"window.passed": False}).holds is False
    assert holds(slug, step, {}).holds is None


@pytest.mark.parametrize(
    ("slug", "number"),
    [("missing-group-key", 5), ("sync-divergence", 3), ("token-invalid-or-expired", 2)],
)
def test_nobody_is_disconnected_who_would_not_get_back_in(slug, number):
    facts = {"token.status": "html", "peers.online": 1, "token.accepted": False}
    assert not holds(slug, number, facts, {"replayed": "no"}).holds


def test_the_compatibility_of_builds_is_attested_by_two():
    step = library()["sync-divergence"].steps[4]
    assert step.kind is ATTEST
    assert [ask.name for ask in step.asks] == ["build", "within"]


@pytest.mark.parametrize("slug", list(KINDS))
def test_a_page_can_be_started(slug):
    first = Event(1, NOW, "U0ANN", Opened(report=Report(room="r"), channel="C0"))
    rules = Rules(library(), (), {}, {})
    context = Context(BOT, NOW + timedelta(seconds=1), rules)
    started = decide(opened("inc1", first), c.Start(library()[slug]), context)
    assert [body.kind for body in started] == ["runbook.started"]
