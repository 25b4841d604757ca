"""What a person sees after an act, and what every act needs."""

from dataclasses import dataclass, field
from typing import Any, Literal

from rehearsal.slack.delivery.courier import Courier
from rehearsal.slack.delivery.envelope import Answer
from rehearsal.slack.journal import Entry
from rehearsal.slack.state import State

Json = dict[str, Any]
Outcome = Literal[
    "ok", "failed", "refused", "confirm", "closed", "updated", "pushed", "errors"
]


@dataclass(frozen=True)
class Delivery:
    """What came of an act.

    `status` is the app's HTTP status (200 for a socket's ack), None if nothing was
    delivered or nothing came back; `message` what the app answered for the person to
    see; `notice` what Slack itself told them; `errors` texts by block; `confirm` the
    dialog that asks first (press again with confirm=True); `took` seconds.
    """

    outcome: Outcome = "ok"
    status: int | None = None
    message: Json | None = None
    notice: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    confirm: Json | None = None
    took: float = 0.0
    timed_out: bool = False

    @property
    def ok(self) -> bool:
        """Tell whether the app took it."""
        return self.outcome in ("ok", "closed", "updated", "pushed")


@dataclass(frozen=True)
class Stage:
    """Where acts happen: the memory, and the way to the app."""

    state: State
    courier: Courier


def note_refusal(stage: Stage, name: str, answer: Answer, code: str) -> None:
    """Keep an app's answer that Slack would not take, so that a test can see it."""
    body = answer.body if isinstance(answer.body, dict) else {"text": answer.body}
    began = stage.state.clock.now() - answer.took
    entry = Entry("answer", name, body, code, answer.status, None, began)
    stage.state.journal.record(entry)


def failed(stage: Stage, user: str, answer: Answer, text: str) -> Delivery:
    """Tell a person that the app did not take it, and give the outcome."""
    return Delivery(
        "failed",
        status=answer.status,
        notice=stage.state.notice(user, text),
        took=answer.took,
        timed_out=answer.timed_out,
    )
