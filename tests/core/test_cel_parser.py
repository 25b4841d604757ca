from pathlib import Path

import lark
import pytest
from celpy.celparser import CELParseError, CELParser
from hypothesis import given
from hypothesis import strategies as st

from bot.core import cel_parser
from tests.gate.cel_tables import own_parser

OWN, MADE = own_parser(), cel_parser.made_before()
RUNBOOKS = Path(__file__).parents[2] / "runbooks"
WORDS = (
    *("a", "token.status", "'ok'", '"no"', "3", "-2.5", "1u", "0x1F", "true", "false"),
    *("null", "in", "&&", "||", "!", "==", "!=", "<", ">=", "+", "-", "*", "/", "%"),
    *(
        "?",
        ":",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        ",",
        "size(",
        "b'x'",
        "r'y'",
        "// z",
    ),
)


@pytest.fixture
def no_parser_yet(monkeypatch):
    monkeypatch.setattr(CELParser, "CEL_PARSER", None)


def read_by(parser, text):
    """Give the tree with the place of each node, or why and where there is none."""
    celpy = CELParser.__new__(CELParser)
    before, CELParser.CEL_PARSER = CELParser.CEL_PARSER, parser
    try:
        tree = celpy.parse(text)
    except CELParseError as wrong:
        return wrong.line, wrong.column
    finally:
        CELParser.CEL_PARSER = before
    places = [(node.data, vars(node.meta)) for node in tree.iter_subtrees()]
    return tree, places


def guards():
    for page in RUNBOOKS.glob("*.md"):
        for line in page.read_text(encoding="utf-8").splitlines():
            if line.strip().startswith(("- ", "when:")):
                yield line.partition(" ")[2].strip().strip("'\"")


def test_the_tables_are_of_the_grammar_and_the_lark_that_are_installed():
    assert MADE is not None, "make tables"


def test_what_pages_say_is_read_as_by_cel_pythons_own_parser():
    read = {text: read_by(MADE, text) for text in guards()}
    assert sum(isinstance(of, tuple) and len(of) == 2 for of in read.values()) > 60
    assert read == {text: read_by(OWN, text) for text in read}


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_any_words_are_read_or_refused_as_by_cel_pythons_own_parser(text):
    assert read_by(MADE, text) == read_by(OWN, text)


# Backslashes keep CEL's lexer busy for long; no guard has any.
@given(st.text(st.characters(exclude_characters="\\"), max_size=20))
def test_any_text_is_read_or_refused_as_by_cel_pythons_own_parser(text):
    assert read_by(MADE, text) == read_by(OWN, text)


def test_the_parser_is_put_where_cel_python_looks_for_it(no_parser_yet):
    cel_parser.put_parser_in_place()
    assert isinstance(CELParser.CEL_PARSER, lark.Lark)


def test_a_parser_that_is_there_stays(no_parser_yet, monkeypatch):
    monkeypatch.setattr(CELParser, "CEL_PARSER", OWN)
    cel_parser.put_parser_in_place()
    assert CELParser.CEL_PARSER is OWN


def test_tables_of_another_lark_are_left_alone(no_parser_yet, monkeypatch):
    monkeypatch.setattr(lark, "__version__", "0.0.1")
    assert cel_parser.made_before() is None
    cel_parser.put_parser_in_place()
    assert CELParser.CEL_PARSER is None
