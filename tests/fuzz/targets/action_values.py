"""What buttons and forms carry: exactly what we wrote, or refused."""

from bot.core.incident.state import Verb
from bot.errors import UsageError
from handlers import refs
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import must, refusal_in_slack

KINDS = (
    refs.StepButton,
    refs.IncidentButton,
    refs.StartButton,
    refs.RequestButton,
    refs.FormMemo,
)
SEEDS = (
    refs.StepButton(incident="INC-7", run=1, step=2, plan="ab12").encoded(),
    refs.IncidentButton(incident="INC-7").encoded(),
    refs.StartButton(incident="INC-7", slug="token-invalid").encoded(),
    refs.RequestButton(incident="INC-7", check="listen").encoded(),
    refs.FormMemo(
        kind=refs.FormKind.WORDS,
        channel="C0",
        incident="INC-7",
        run=1,
        step=2,
        verb=Verb.SKIP,
    ).encoded(),
)
ACTIONS = (*map(refs.action_of, Verb), refs.START, refs.RESOLVE)


def case(_, rng):
    carried = mutations.text(rng, SEEDS) if rng.random() < 0.95 else rng.choice(SEEDS)
    ends = [_end(kind, carried) for kind in KINDS]
    try:
        refs.verb_of(mutations.text(rng, ACTIONS))
    except UsageError as error:
        refusal_in_slack(error)
    return "taken" if True in ends else "refused"


def _end(kind, carried):
    try:
        told = kind.decoded(carried)
    except UsageError as error:
        refusal_in_slack(error)
        return False
    must(told.encoded() == carried, "it is not what we wrote")
    return True


TARGET = Target(
    "values", "values of buttons, memos of forms", 11_000, lambda: None, case
)
