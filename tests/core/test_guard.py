import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.evidence import Fact
from bot.core.expression import _environment, compile_expression
from bot.core.guard import DEFAULT_FRESH, Guard, GuardError

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def fact(name, value, age=timedelta(0)):
    return Fact(name=name, value=value, observed_at=NOW - age, source="a-check")


def facts(**values):
    named = {key.replace("__", "."): value for key, value in values.items()}
    return {name: fact(name, value) for name, value in named.items()}


SEEN = facts(a__n=3, a__f=3.0, a__yes=True, a__text="ok", a__huge=10**400)


def weigh(text, seen=None, **options):
    return Guard.parse(text).weigh(SEEN if seen is None else seen, NOW, **options)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("a.n == 3.0", True),
        ("a.f == 3", True),
        ("a.n < 3.5 && a.n >= 3 && a.n <= 3 && a.n > 2", True),
        ("a.n != 3", False),
        ("a.n - 1 == 2 && a.n + 1 == 4 && a.n * 2 == 6 && a.n / 2 == 1.5", True),
        ("-a.n == -3", True),
        ("a.n in [1, 3]", True),
        ("a.n in [1, 2]", False),
        ("a.text in ['no', 'ok']", True),
        ("a.yes", True),
        ("!a.yes", False),
        ("a.yes ? a.n == 3 : a.n == 4", True),
        ("size(a.text) == 2 && a.text.size() == 2 && size([1, 2]) == 2", True),
        ("a.text.contains('k') && a.text.startsWith('o')", True),
        ("a.text.endsWith('x')", False),
        ("a.text < 'p'", True),
        ("a.huge > 1", True),
        ("a.n / 0 > 1", True),
        ("true", True),
    ],
)
def test_a_guard_answers_from_facts(text, holds):
    said = weigh(text)
    assert said.holds is holds
    assert said.reason == ""


@pytest.mark.parametrize(
    "text",
    [
        "a.text == 3",
        "a.text < 3",
        "a.yes == 1",
        "a.yes < 2",
        "a.n == true",
        "a.n in ['3']",
        "a.n in a.text",
        "a.text.contains(3)",
        "size(a.n) == 1",
        "a.n",
        "a.text",
        "a.n && a.yes",
        "a.yes && a.n",
        "a.n || !a.yes",
        "!a.n",
        "-a.text == 1",
        "[a.n] == [3]",
        "a.text + 'x' == 'okx'",
    ],
)
def test_values_that_do_not_go_together_are_not_told(text):
    said = weigh(text)
    assert said.holds is None
    assert "does not fit its facts" in said.reason


def test_a_mismatch_says_what_was_seen():
    assert weigh("a.text == 3").reason.endswith("a.text is 'ok'")


def test_a_guard_without_facts_that_is_no_question_says_so():
    assert weigh("1 + 1").reason.endswith("it reads none")


def test_a_missing_fact_is_not_guessed():
    said = weigh("b.gone == 1 && a.yes")
    assert said.holds is None
    assert said.missing == ("b.gone",)
    assert said.reason == "no such fact yet: b.gone"


def test_an_old_fact_is_not_used():
    seen = {"a.n": fact("a.n", 1, age=DEFAULT_FRESH + timedelta(seconds=1))}
    said = weigh("a.n == 1 && b.gone", seen)
    assert (said.holds, said.stale, said.used) == (None, ("a.n",), ())
    assert said.reason == "no such fact yet: b.gone; too old: a.n"


def test_a_fact_just_within_the_limit_is_used():
    seen = {"a.n": fact("a.n", 1, age=timedelta(hours=1))}
    assert weigh("a.n == 1", seen, fresh=timedelta(hours=1)).holds is True
    assert weigh("a.n == 1", seen, fresh=timedelta(minutes=59)).holds is None


@pytest.mark.parametrize(
    "gone", ["b.gone == 1", "b.gone", "b.gone in [1]", "1 in [b.gone]"]
)
def test_the_rest_of_a_guard_can_decide(gone):
    assert weigh(f"{gone} || a.yes").holds is True
    assert weigh(f"a.yes || {gone}").holds is True
    assert weigh(f"{gone} && !a.yes").holds is False
    assert weigh(f"!a.yes && {gone}").holds is False
    assert weigh(f"{gone} && a.yes").holds is None
    assert weigh(f"{gone} || !a.yes").holds is None


def test_a_guard_names_the_facts_that_it_reads():
    guard = Guard.parse("b.two.size() == 2 && a.one in [b.two, 'x']")
    assert guard.names == ("a.one", "b.two")


def test_a_guard_is_read_once():
    assert Guard.parse("a.n == 3") is Guard.parse("a.n == 3")


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "empty"),
        ("  ", 1, "empty"),
        ("a.n = 3", 5, "Did you mean '=='?"),
        ("a.n and a.yes", 5, "Did you mean '&&'?"),
        ("a.n or a.yes", 5, "Did you mean '||'?"),
        ("a.text == ok", 11, "ok is no fact. Write 'ok'"),
        ('a.text == "ok', 11, "the same quote"),
        ("a.n == 3 &&", 10, "missing around here"),
        ("a.text.contain('x')", 1, "Did you mean 'contains'?"),
        ("has(a.text)", 1, "there is no function 'has'"),
        ("[1].exists(x, x == 1)", 1, "there is no function 'exists'"),
        ("a.text.matches('x')", 1, "there is no function 'matches'"),
        ("size(a.n, a.n)", 1, "not called like this"),
        ("size()", 1, "not called like this"),
        ("a.b.c == 1", 1, "one dot"),
        ("(a).b == 1", 1, "one dot"),
        ("a['b'] == 1", 1, "no place"),
        ("{'a': 1} == a.n", 1, "no place"),
        ("a{b: 1}", 1, "no place"),
        (".a.b", 1, "no place"),
        ("a.n % 2 == 1", 1, "no place"),
        ("a.n == 0x1", 8, "no place"),
        ("a.n == 3u", 8, "no place"),
        ("null == a.n", 1, "no place"),
        ("b'x' == a.text", 1, "no place"),
        ("a.n\n== 3", 4, "one line"),
        ("a.text == '\\n'", 12, "backslashes"),
        ("a.n == 1" + " " * 493, 501, "500 characters"),
    ],
)
def test_a_guard_that_cannot_be_read_says_what_to_write(text, column, words):
    with pytest.raises(GuardError) as caught:
        Guard.parse(text)
    assert caught.value.column == column
    assert words in str(caught.value)


@pytest.mark.parametrize("text", ["(" * 60 + "a.n" + ")" * 60, "!" * 400 + "a.yes"])
def test_deep_nesting_is_refused_before_it_is_evaluated(text):
    with pytest.raises(GuardError, match="nested too deeply"):
        Guard.parse(text)


def test_the_longest_chain_is_evaluated():
    assert weigh("||".join(["b.x"] * 99 + ["a.yes"])).holds is True


values = st.one_of(
    st.booleans(), st.integers(), st.floats(), st.text(), st.just(10**400)
)
names = st.sampled_from(["a.n", "a.b", "b.c"])
worlds = st.dictionaries(names, values).map(
    lambda world: {name: fact(name, value) for name, value in world.items()}
)
leaves = st.one_of(
    names,
    st.sampled_from(["1", "0.5", "'ok'", "true", "false", "[1, 'ok', true]"]),
)
operators = st.sampled_from(
    ["&&", "||", "==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/"]
)
guards = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, operators, inner).map(lambda t: f"({' '.join(t)})"),
        inner.map(lambda g: f"size({g})"),
        inner.map(lambda g: f"({g}).contains('o')"),
        inner.map(lambda g: f"!({g})"),
        inner.map(lambda g: f"({g} ? {g} : 1)"),
    ),
    max_leaves=5,
)


@settings(deadline=None, max_examples=30)
@given(text=guards, seen=worlds)
def test_no_facts_make_a_guard_raise_and_the_same_facts_give_the_same_answer(
    text, seen
):
    try:
        guard = Guard.parse(text)
    except GuardError:
        assert text.count("(") > 5 or len(text) > 500
        return
    said = guard.weigh(seen, NOW)
    assert said == guard.weigh(dict(reversed(seen.items())), NOW)
    assert (said.reason == "") == (said.holds is not None)
    assert set(said.missing) == set(guard.names) - set(seen)


@settings(deadline=None, max_examples=30)
@given(text=guards, seen=worlds)
def test_what_decides_absorbs_whatever_stands_beside_it(text, seen):
    try:
        sides = Guard.parse(f"true || {text}"), Guard.parse(f"{text} && false")
    except GuardError:
        return
    assert sides[0].weigh(seen, NOW).holds is True
    assert sides[1].weigh(seen, NOW).holds is False


@settings(deadline=None, max_examples=30)
@given(text=st.text(max_size=60))
def test_any_text_is_a_guard_or_is_refused(text):
    try:
        read = Guard.parse(text).text
    except GuardError as refused:
        read = text if refused.column >= 1 else ""
    assert read == text


def test_reading_guards_leaves_the_recursion_limit_alone():
    _environment.cache_clear()
    before = sys.getrecursionlimit()
    compile_expression("a.n == 3")
    assert sys.getrecursionlimit() == before
