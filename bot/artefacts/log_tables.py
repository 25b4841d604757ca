"""Loads the tables of the app's log lines, each once."""

from functools import lru_cache
from importlib.resources import files

from bot.cohrtz import logs
from bot.cohrtz.logs.signals import Signals, parse_signals
from bot.cohrtz.logs.template import Template, parse_templates


def _text(name: str) -> str:
    return files(logs).joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def log_templates() -> tuple[Template, ...]:
    """Return the table of what the app can print."""
    return parse_templates(_text("templates.tsv"))


@lru_cache(maxsize=1)
def log_signals() -> Signals:
    """Return what its lines add up to."""
    return parse_signals(_text("signals.toml"), log_templates())
