"""Make the tables of CEL's parser: `make tables`, after an update of cel-python."""

import json
from importlib.resources import files
from pathlib import Path

import lark
from celpy.celparser import CELParser
from lark.grammar import Rule
from lark.lexer import TerminalDef

from bot.core import cel_parser

FILE = Path(cel_parser.__file__).with_name(cel_parser.TABLES)


def tables() -> str:
    """Return the tables of the installed grammar, as JSON.

    Without `debug`, by which cel-python lets Lark tell more of its own mistakes, the
    states are numbers and not sets of rules.
    """
    options = {**own_parser().options.options, "debug": False}
    grammar = files("celpy").joinpath("cel.lark").read_text("utf-8")
    parser = lark.Lark(grammar, **options)
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    data["options"] |= {"lexer_callbacks": {}, "tree_class": None}
    kept = {"of": cel_parser.source(), "data": data, "memo": memo}
    return json.dumps(kept, separators=(",", ":")) + "\n"


def own_parser() -> lark.Lark:
    """Return the parser that cel-python makes by itself."""
    before, CELParser.CEL_PARSER = CELParser.CEL_PARSER, None
    try:
        CELParser()
        return CELParser.CEL_PARSER
    finally:
        CELParser.CEL_PARSER = before


if __name__ == "__main__":
    FILE.write_text(tables(), encoding="utf-8")
