"""The thresholds of a rollback, from a TOML file; safe defaults without one."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from bot.core.rollback import Thresholds
from bot.errors import SettingsError

TABLE = "rollback"
"""The table of the file, so that a file with other tables can hold it."""


def read_thresholds(path: Path | None) -> Thresholds:
    """Read the table `[rollback]`; raise SettingsError that says what is wrong."""
    if path is None:
        return Thresholds()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get(TABLE, {})
        return Thresholds.model_validate(found)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = ".".join((TABLE, *map(str, first["loc"])))
        raise SettingsError(f"{path}: {name}: {first['msg']}.") from error
    except ValueError as error:
        raise SettingsError(f"{path} is not TOML: {error}.") from error
