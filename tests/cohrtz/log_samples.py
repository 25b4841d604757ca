"""Lines as the app prints them, made from the table, and logs made of lines."""

from bot.artefacts.log_stream import log_classifier
from bot.artefacts.log_tables import log_signals, log_templates
from bot.cohrtz.logs.judging import signals_of
from bot.cohrtz.logs.tally import Tally
from bot.cohrtz.logs.template import Follows, Template, rendered

ROOM = "0198b7d0-41c2-7e3a-8f64-00000000000a"
PEER = "user:0198b7d0-41c2-7e3a-8f64-000000000001"
OTHER_PEER = "user:0198b7d0-41c2-7e3a-8f64-000000000002"
SECRET = "canary-XYZZY"
"""Stands for everything that a user wrote, and must come out nowhere."""

VALUES = {
    "err": f"Exception: {SECRET}",
    "row": f'{{"id":"n1","title":"{SECRET}"}}',
    "value": f'{{"t":"{SECRET}"}}',
    "n": "42",
    "TYPE": "DATA_CHUNK",
    "state": "ConnectionState.reconnecting",
    "newState": "ConnectionState.connected",
    "flag": "1",
    "table": "tasks",
    "inviteCode": SECRET,
    "path": f"/home/{SECRET}/cohrtz_x.db",
    "name": SECRET,
}
BY_ID = {one.id: one for one in log_templates()}


def value(variable: str) -> str:
    """Return what the app might print for a variable."""
    named = VALUES.get(variable)
    if named is not None:
        return named
    if "oom" in variable:
        return ROOM
    peer = ("sender", "peer", "member", "identity", "host", "sub", "local", "source")
    return PEER if variable.lower().startswith(peer) else f"some {variable}"


def line(template: Template | str, **values: str) -> str:
    """Return the line of a template, with what follows it."""
    one = BY_ID[template] if isinstance(template, str) else template
    error = values.pop("error", f"Exception: {SECRET}")
    known = {name: values.get(name, value(name)) for name in one.variables}
    lines = [rendered(one, known)]
    if one.follows is not Follows.NOTHING:
        lines.append(f"[{one.tag}] Error: {error}")
    if one.follows is Follows.ERROR_AND_STACK:
        lines.append(f"[{one.tag}] Stack trace:\n#0      main (package:x/y.dart:1:2)")
    return "\n".join(lines)


def tally(*blocks: str | bytes) -> Tally:
    """Return what is counted in a log of these blocks."""
    scan = log_classifier().scan()
    for block in blocks:
        scan.feed(block if isinstance(block, bytes) else block.encode())
    return scan.tally()


def counts(*blocks: str | bytes) -> dict[str, int]:
    """Return how often each template is in a log."""
    return {name: seen.count for name, seen in tally(*blocks).templates.items()}


def signals(*lines: str) -> dict[str, int]:
    """Return the signals of a log of these lines."""
    return signals_of(tally("\n".join(lines)), log_templates(), log_signals())
