"""CEL's parser, from tables that were made before.

cel-python has Lark work out the tables of its grammar at each start, which takes a
quarter of a second. They lie beside this module instead (`make tables`), as JSON. When
they are of another grammar, or of another Lark, they are worked out after all.
"""

import json
from hashlib import sha256
from importlib.resources import files
from typing import Any

import lark
from celpy.celparser import CELParser

TABLES = "cel_tables.json"
_NUMBERED = ("tokens", "states")


def put_parser_in_place() -> None:
    """Give cel-python its one parser, unless it has it; it makes its own if we cannot.

    `CELParser.CEL_PARSER` is where cel-python looks for one, by its documentation.
    """
    if CELParser.CEL_PARSER is None:
        CELParser.CEL_PARSER = made_before()


def made_before() -> lark.Lark | None:
    """Return the parser out of the tables; None if they are of another grammar."""
    kept = json.loads(files(__package__).joinpath(TABLES).read_text("utf-8"))
    return _parser(kept) if kept["of"] == source() else None


def source() -> str:
    """Say what tables are made of: this grammar, by this version of Lark."""
    grammar = files("celpy").joinpath("cel.lark").read_bytes()
    return f"{lark.__version__} {sha256(grammar).hexdigest()[:32]}"


def _parser(kept: dict[str, Any]) -> lark.Lark:
    data, table = kept["data"], kept["data"]["parser"]["parser"]
    # JSON knows no numbers as keys.
    table |= {name: _numbered(table[name]) for name in _NUMBERED}
    table["states"] = {n: _numbered(to) for n, to in table["states"].items()}
    data["options"] |= {
        "tree_class": lark.Tree,
        "lexer_callbacks": {"IDENT": CELParser.ambiguous_literals},
    }
    return lark.Lark.load({"data": data, "memo": _numbered(kept["memo"])})


def _numbered(mapping: dict[str, Any]) -> dict[int, Any]:
    return {int(key): value for key, value in mapping.items()}
