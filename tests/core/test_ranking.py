from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.evidence import Fact
from bot.core.guard import GuardError
from bot.core.ranking import Lack, Ranking, rank
from bot.core.runbook.pages import Runbook, Step

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def fact(name, *, value=True, age=timedelta(0)):
    return Fact(name=name, value=value, observed_at=NOW - age, source="a-check")


def page(slug, for_=(), against=(), **more):
    steps = (Step(title="Look."),)
    return Runbook(
        slug=slug,
        title=slug.upper(),
        for_=for_,
        against=against,
        steps=steps,
        sha256="0",
        **more,
    )


def ranking(*pages, facts=()):
    return rank({one.slug: one for one in pages}, facts, NOW)


def test_the_page_that_the_facts_speak_for_is_proposed():
    said = ranking(page("a", ("x.a",)), page("b", ("x.b",)), facts=[fact("x.b")])
    assert said.proposed == "b"
    assert [one.score for one in said.ranked] == [2, 0]
    assert said.because == "«B» scores 2: x.b (x.b is True). The next, «A», scores 0."


def test_a_page_alone_is_proposed_without_a_rival():
    said = ranking(page("a", ("x.a",)), facts=[fact("x.a")])
    assert said.proposed == "a"
    assert "next" not in said.because


def test_nothing_is_proposed_without_pages():
    assert ranking() == Ranking(
        ranked=(), proposed=None, because="No fact speaks for any page."
    )


def test_a_tie_is_listed_by_slug_and_not_proposed():
    facts = [fact("x.a")]
    said = ranking(page("b", ("x.a",)), page("a", ("x.a",)), facts=facts)
    assert said.proposed is None
    assert [one.slug for one in said.ranked] == ["a", "b"]
    assert said.because == "No clear lead: «A» (2) and «B» (2)."


def test_a_page_that_is_ruled_out_is_not_proposed_however_high_it_scores():
    facts = [fact("x.a"), fact("x.b"), fact("x.c")]
    high = page("high", ("x.a", "x.b", "x.c"), ("x.a",))
    said = ranking(high, facts=facts)
    assert said.ranked[0].score == 3
    assert said.proposed is None
    assert said.because == "«HIGH» is ruled out: x.a (x.a is True)."


def test_a_page_that_is_ruled_out_is_no_rival():
    facts = [fact("x.a"), fact("x.b"), fact("x.c")]
    ruled_out = page("a", ("x.a", "x.b", "x.c"), ("x.a",))
    clear = page("b", ("x.a", "x.b"))
    assert ranking(ruled_out, clear, facts=facts).proposed == "b"


def test_of_equal_scores_the_page_that_nothing_rules_out_comes_first():
    facts = [fact("x.a")]
    five = tuple(f"x.a == true && {n} == {n}" for n in range(5))
    ruled_out = page("a", five[:3], ("x.a", "true"))
    said = ranking(ruled_out, page("b"), facts=facts)
    assert [(one.slug, one.score) for one in said.ranked] == [("b", 0), ("a", 0)]


def test_a_page_that_is_ruled_out_says_why_even_if_nothing_speaks_for_it():
    said = ranking(
        page("a", ("x.b",), ("x.a",)), facts=[fact("x.a"), fact("x.b", value=False)]
    )
    assert said.because.startswith("No fact speaks for any page. «A» is ruled out")


def test_what_cannot_be_told_counts_nothing_and_is_listed():
    old = fact("x.old", age=timedelta(hours=1))
    said = ranking(page("a", ("x.gone", "x.old")), facts=[old])
    (only,) = said.ranked
    assert (only.score, [one.guard for one in only.open]) == (0, ["x.gone", "x.old"])
    assert only.open[0].why == "no such fact yet: x.gone"
    assert [(one.facts, one.reason) for one in said.missing] == [
        (("x.gone",), Lack.MISSING),
        (("x.old",), Lack.STALE),
    ]
    assert "Not known yet: x.gone. Too old to use: x.old." in said.because


def test_a_page_says_how_old_its_facts_may_be():
    old = fact("x.a", age=timedelta(minutes=30))
    assert ranking(page("a", ("x.a",)), facts=[old]).proposed is None
    patient = page("a", ("x.a",), fresh=timedelta(hours=1))
    assert ranking(patient, facts=[old]).proposed == "a"


def test_the_newest_fact_of_a_name_counts():
    facts = [fact("x.a", value=False), fact("x.a", age=timedelta(minutes=1))]
    assert ranking(page("a", ("x.a",)), facts=facts).proposed is None
    assert ranking(page("a", ("!x.a",)), facts=facts).proposed == "a"


def test_a_guard_without_facts_is_told_alone():
    assert "scores 2: true." in ranking(page("a", ("true",))).because


def test_a_bad_guard_is_an_error():
    with pytest.raises(GuardError):
        ranking(page("a", ("x.a =",)))


def test_a_ranking_survives_being_stored():
    said = ranking(page("a", ("x.a", "x.b"), ("x.a",)), facts=[fact("x.a", value=1.5)])
    assert Ranking.model_validate_json(said.model_dump_json()) == said


guards = st.lists(
    st.sampled_from(["x.a", "x.b", "x.c", "x.d"]), max_size=4, unique=True
)
pages = st.builds(
    lambda slug, for_, against: page(slug, tuple(for_), tuple(against)),
    st.sampled_from(["p", "q", "r"]),
    guards,
    guards,
)
libraries = st.lists(pages, unique_by=lambda one: one.slug, max_size=3)
evidence = st.lists(
    st.builds(fact, st.sampled_from(["x.a", "x.b", "x.c"]), value=st.booleans()),
    unique_by=lambda one: one.name,
)


@settings(deadline=None, max_examples=30)
@given(library=libraries, facts=evidence, chance=st.randoms())
def test_the_order_of_pages_and_facts_does_not_matter(library, facts, chance):
    other, mixed = list(library), list(facts)
    chance.shuffle(other)
    chance.shuffle(mixed)
    assert ranking(*library, facts=facts) == ranking(*other, facts=mixed)


@settings(deadline=None, max_examples=30)
@given(library=libraries, facts=evidence, value=st.booleans())
def test_a_fact_that_no_guard_reads_changes_nothing(library, facts, value):
    more = [*facts, fact("y.other", value=value)]
    assert ranking(*library, facts=facts) == ranking(*library, facts=more)


@settings(deadline=None, max_examples=30)
@given(library=libraries, facts=evidence)
def test_what_is_proposed_is_clear(library, facts):
    said = ranking(*library, facts=facts)
    if said.proposed is not None:
        top, *rest = said.ranked
        assert top.slug == said.proposed
        assert top.score >= 2
        assert not top.against
        assert all(one.against or one.score <= top.score - 2 for one in rest)
    assert said.because


@settings(deadline=None, max_examples=30)
@given(library=libraries.filter(bool), facts=evidence)
def test_a_further_reason_moves_a_page_its_own_way(library, facts):
    def score(one):
        said = ranking(one, *library[1:], facts=facts)
        return next(r.score for r in said.ranked if r.slug == one.slug)

    first = library[0]
    helped = first.model_copy(update={"for_": (*first.for_, "true")})
    hindered = first.model_copy(update={"against": (*first.against, "true")})
    unknown = first.model_copy(update={"for_": (*first.for_, "z.gone")})
    assert score(helped) == score(first) + 2
    assert score(hindered) == score(first) - 3
    assert score(unknown) == score(first)


def test_a_page_that_is_ruled_out_stands_behind_all_others():
    facts = [fact("x.a"), fact("x.b"), fact("x.c"), fact("x.d")]
    high = page("a", ("x.a", "x.b", "x.c", "x.d"), ("x.a",))
    said = ranking(high, page("b", ("x.d",)), facts=facts)
    assert [(one.slug, one.score) for one in said.ranked] == [("b", 2), ("a", 5)]
    assert said.proposed == "b"


def test_many_missing_facts_of_one_subject_are_counted():
    guards = (*(f"log.n{n}" for n in range(5)), "keys.one", "keys.two")
    said = ranking(page("a", guards))
    assert "Not known yet: keys.one, keys.two, 5 of log." in said.because
