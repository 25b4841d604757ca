"""What Dart source logs is found in every form in which it can be written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cohrtz.logs.dart import HOLE, Logged, read_dart


def logged(source: str) -> list[tuple[str, str, str, str]]:
    found = read_dart(source).logged
    return [(one.level, one.follows, one.tag, one.text) for one in found]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("'plain'", "plain"),
        ('"double"', "double"),
        ("'''triple 'quoted' '''", "triple 'quoted' "),
        ("r'raw $x \\n'", "raw $x \\n"),
        ("'named $room.'", f"named {HOLE}."),
        ("'${a.b(\"}\")} and ${{1: 2}}'", f"{HOLE} and {HOLE}"),
        ("'${row['id']}, ${x?.y ?? 'null'}...'", f"{HOLE}, {HOLE}..."),
        ("'nested ${'inner $x ${y}'}'", f"nested {HOLE}"),
        ("'joined ' 'of '\n  \"three\"", "joined of three"),
        (r"'esc \' \$x \n \u{26A0} \x41 \u0042'", "esc ' $x \n ⚠ A B"),
        ("'a // no comment' // a comment", "a // no comment"),
        ("/* one /* two */ */ 'after'", "after"),
        ("'costs 5 $ here'", "costs 5 $ here"),
    ],
)
def test_a_text_is_read_in_each_form_of_a_string(call: str, text: str) -> None:
    assert logged(f"Log.w('Tag', {call},);") == [("W", "-", "Tag", text)]


def test_the_level_and_what_follows_are_told_by_the_call() -> None:
    source = "Log.d('T','a'); Log.i('T','b'); Log.e('T','c'); Log.e('T','d', e);"
    source += "Log.e('T', 'e', error(x, [y, {1: 2}]), stack);"
    assert [one[:2] for one in logged(source)] == [
        ("D", "-"),
        ("I", "-"),
        ("E", "-"),
        ("E", "error"),
        ("E", "error+stack"),
    ]


def test_a_tagged_print_is_found_and_an_untagged_one_is_none_of_ours() -> None:
    source = "debugPrint('[Main] hello $x'); debugPrint('hello'); debugPrint(output);"
    assert logged(source) == [("print", "-", "Main", f"hello {HOLE}")]
    assert read_dart(source).unreadable == ()


def test_a_bracketed_tag_keeps_its_brackets() -> None:
    assert logged("Log.e('[NoteRepository]', 'x', e);")[0][2] == "[NoteRepository]"
    assert logged("debugPrint('[CrdtService(web)] x');")[0][2] == "CrdtService(web)"


def test_a_tag_that_is_a_constant_of_the_file_is_known() -> None:
    source = "class A { static const _tag = 'Sync'; void f() { Log.d(_tag, 'x'); } }"
    assert logged(source) == [("D", "-", "Sync", "x")]


def test_what_is_commented_out_or_quoted_is_not_logged() -> None:
    source = """
    // Log.d('T', 'line');
    /* Log.d('T', 'block'); */
    final x = "Log.d('T', 'quoted')";
    void debugPrint(String text) {}
    """
    assert logged(source) == []


def test_a_text_that_is_put_together_is_named_as_unreadable() -> None:
    source = "\nLog.d('T', a ? 'x' : 'y');\nLog.w(tag(), 'x');\nLog.i('T', text);\n"
    assert read_dart(source).unreadable == (2, 3, 4)
    assert read_dart("debugPrint('[T] ' + x);").unreadable == (1,)


def test_the_line_of_a_call_is_told() -> None:
    source = "/*\n\n*/\nfoo('''\n\n''');\nLog.d(\n  'T',\n  'x',\n);"
    assert read_dart(source).logged == (Logged(7, "D", "-", "T", "x"),)


@settings(max_examples=150, deadline=None)
@given(st.text("Log.dw()[]{}'\"$\\/*\n ,;rxT", max_size=120))
def test_any_text_can_be_read(source: str) -> None:
    read_dart(source)


def test_deep_nesting_does_not_exhaust_the_stack() -> None:
    assert read_dart("'${" * 20_000).logged == ()
