"""What a person may do with a step when, and how its standing is told."""

from collections.abc import Mapping

from bot.core.incident.state import StepStatus, Verb

_END = (Verb.SKIP, Verb.FAIL)
MOVES: Mapping[StepStatus, tuple[Verb, ...]] = {
    StepStatus.WAITING: (),
    StepStatus.OPEN: (Verb.CONFIRM, *_END),
    StepStatus.LOOKING: (Verb.SKIP,),
    StepStatus.ATTENTION: (Verb.LOOK_AGAIN, Verb.CONFIRM, *_END),
    StepStatus.BARRED: (Verb.LOOK_AGAIN, *_END),
    StepStatus.STOPPED: (Verb.LOOK_AGAIN, Verb.SKIP),
    StepStatus.PREPARING: (Verb.SKIP,),
    StepStatus.READY: (Verb.RUN, Verb.LOOK_AGAIN, *_END),
    StepStatus.UNREADY: (Verb.LOOK_AGAIN, *_END),
    StepStatus.BLOCKED: (Verb.LOOK_AGAIN, *_END),
    StepStatus.ASKED: (),
    StepStatus.AWAITING: (Verb.APPROVE, Verb.DECLINE, Verb.BREAK_GLASS, Verb.SKIP),
    StepStatus.RUNNING: (),
    StepStatus.DOUBT: (),
    StepStatus.UNSURE: (Verb.HAPPENED, Verb.NOT_HAPPENED),
    StepStatus.VERIFYING: (),
    StepStatus.UNVERIFIED: (Verb.LOOK_AGAIN, Verb.PREPARE, Verb.CONFIRM, *_END),
    StepStatus.DONE: (),
    StepStatus.SKIPPED: (),
    StepStatus.FAILED: (),
    StepStatus.PASSED: (),
}
"""The one table of what is possible when; buttons and refusals both read it."""

STANDS: Mapping[StepStatus, str] = {
    StepStatus.WAITING: "waits for its turn",
    StepStatus.OPEN: "waits for a person to do it",
    StepStatus.LOOKING: "is being looked at",
    StepStatus.ATTENTION: "needs a person: its check is not ok",
    StepStatus.BARRED: "is held back by its guard",
    StepStatus.STOPPED: "stops the runbook",
    StepStatus.PREPARING: "is being prepared",
    StepStatus.READY: "is ready",
    StepStatus.UNREADY: "cannot be run now",
    StepStatus.BLOCKED: "waits until its target is free",
    StepStatus.ASKED: "was told to run",
    StepStatus.AWAITING: "waits for others to approve it",
    StepStatus.RUNNING: "is running",
    StepStatus.DOUBT: "is in doubt: the bot is looking whether it happened",
    StepStatus.UNSURE: "is in doubt: say first whether it happened",
    StepStatus.VERIFYING: "has run; its effect is being verified",
    StepStatus.UNVERIFIED: "has run, and its effect was not seen",
    StepStatus.DONE: "is done",
    StepStatus.SKIPPED: "was skipped",
    StepStatus.FAILED: "was marked as failed",
    StepStatus.PASSED: "was passed over",
}
"""Where a step stands, to go on from «Step 3 …»; for refusals and the summary."""
