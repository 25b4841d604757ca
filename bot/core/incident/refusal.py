"""A command that an incident's state does not allow, with who was first, or could."""

from datetime import datetime

from bot.core.incident.step_ref import StepRef
from bot.core.policy import Ruling
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


class NotYours(NotNow):
    """Refused since it is this person who asks, or by a limit that others set.

    The policy lets them in general, so it is said only here; like what the policy
    refuses, it belongs on the timeline.
    """

    def __init__(
        self,
        ruling: Ruling,
        step: StepRef | None = None,
        *,
        by: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """Refuse with the ruling's reason and who could; of a step if it is of one."""
        super().__init__(ruling.told, by=by, at=at)
        self.ruling = ruling
        self.step = step
