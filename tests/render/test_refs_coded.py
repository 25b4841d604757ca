"""What buttons and forms carry comes back as it went, and nothing else is taken."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.incident.events import StepRef
from bot.core.incident.state import Verb
from bot.errors import UsageError
from handlers import refs

IDS = st.from_regex(r"[0-9A-Za-z_-]{1,64}", fullmatch=True)
COUNTS = st.integers(1, 9_999)
SLUGS = st.text(
    st.characters(exclude_characters='\\"', exclude_categories=["Cc", "Cs"]),
    min_size=1,
    max_size=refs.MAX_SLUG,
)


def size(ref):
    return len(ref.encoded().encode())


@settings(deadline=None)
@given(IDS, COUNTS, COUNTS, st.none() | st.from_regex(r"[0-9a-f]{16}", fullmatch=True))
def test_a_step_button_comes_back(incident, run, step, plan):
    ref = refs.StepButton(incident=incident, run=run, step=step, plan=plan)
    assert refs.StepButton.decoded(ref.encoded()) == ref
    assert ref.ref == StepRef(run, step)
    assert size(ref) <= refs.MAX_BYTES


@settings(deadline=None)
@given(IDS, SLUGS)
def test_a_start_button_comes_back(incident, slug):
    ref = refs.StartButton(incident=incident, slug=slug)
    assert refs.StartButton.decoded(ref.encoded()) == ref
    assert size(ref) <= refs.MAX_BYTES


@settings(deadline=None)
@given(st.sampled_from(refs.FormKind), IDS, st.none() | IDS, st.sampled_from(Verb))
def test_a_form_memo_comes_back(kind, channel, incident, verb):
    memo = refs.FormMemo(kind=kind, channel=channel, incident=incident, verb=verb)
    assert refs.FormMemo.decoded(memo.encoded()) == memo
    assert memo.ref is None
    assert size(memo) <= refs.MAX_BYTES


def test_a_memo_of_a_step_names_it():
    memo = refs.FormMemo(kind=refs.FormKind.WORDS, channel="C1", run=2, step=3)
    assert memo.ref == StepRef(2, 3)


def test_the_json_is_compact():
    ref = refs.StepButton(incident="INC-7", run=1, step=2)
    assert ref.encoded() == '{"i":"INC-7","r":1,"s":2}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "INC-7",
        "{}",
        '{"i":"INC-7"}',
        '{"i":"INC-7","r":1}',
        '{"i":"INC-7","r":1,"s":2,"x":3}',
        '{"i":"INC-7","r":"1","s":2}',
        '{"i":"INC-7","r":1.0,"s":2}',
        '{"i":"INC-7","r":true,"s":2}',
        '{"i":"INC-7","r":0,"s":2}',
        '{"i":"INC-7","r":1,"s":10000}',
        '{"i":"INC 7","r":1,"s":2}',
        '{"i":"","r":1,"s":2}',
        '{"i":"INC-7","r":1,"s":2,"p":"XYZ"}',
        '{"i":"INC-7","r":1,"s":2,"p":null}',
        '{"i": "INC-7","r":1,"s":2}',
        '{"r":1,"i":"INC-7","s":2}',
        '{"i":"other","i":"INC-7","r":1,"s":2}',
        '{"incident":"INC-7","run":1,"step":2}',
        '{"i":"INC-7","r":1,"s":2}\n',
        '{"i":"' + "x" * 3_000 + '","r":1,"s":2}',
        "[" * 1_900,
    ],
)
def test_anything_odd_is_refused(text):
    with pytest.raises(UsageError, match="newest message"):
        refs.StepButton.decoded(text)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text):
    for kind in (
        refs.StepButton,
        refs.StartButton,
        refs.RequestButton,
        refs.FormMemo,
    ):
        try:
            assert kind.decoded(text).encoded() == text
        except UsageError:
            continue


def test_one_button_is_not_taken_for_another():
    step = refs.StepButton(incident="INC-7", run=1, step=2).encoded()
    with pytest.raises(UsageError):
        refs.IncidentButton.decoded(step)


@pytest.mark.parametrize("verb", Verb)
def test_an_action_id_names_its_verb(verb):
    assert refs.action_of(verb) == f"triage:{verb.value}"
    assert refs.verb_of(refs.action_of(verb)) is verb


@pytest.mark.parametrize("action", ["triage:start", "triage:", "run", "triage:RUN"])
def test_an_action_id_without_a_verb_is_refused(action):
    with pytest.raises(UsageError, match="another version"):
        refs.verb_of(action)
