"""What was typed, made into a report."""

from pydantic import ValidationError

from bot.core.report import Report
from bot.errors import UsageError


def report_of(**fields: str | None) -> Report:
    """Make a report; raise UsageError that names what does not fit."""
    try:
        return Report.model_validate({k: v for k, v in fields.items() if v})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "report"
        raise UsageError(f"The {name} does not fit: {first['msg']}.") from None
