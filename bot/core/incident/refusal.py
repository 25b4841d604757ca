"""A command that an incident's state does not allow, with who was first."""

from datetime import datetime

from bot.errors import Refused


class NotNow(Refused):
    """Refused by the state; `by` and `at` tell whose change was first, if known.

    The reason is a whole sentence for a person. People stand in `by`, never in it.
    """

    def __init__(
        self, reason: str, *, by: str | None = None, at: datetime | None = None
    ) -> None:
        """Refuse with a reason and, where somebody was first, who and when."""
        super().__init__(reason)
        self.reason = reason
        self.by = by
        self.at = at
