"""What a good responder may do in a scenario: the acts, as a page writes them."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, Field

AWAITED = (
    r"^(ranking|proposal|checks|compared|participant active|thrown out [1-9]\d* times?"
    r"|room quiet|step [1-9]\d* (ready|done|says \S.*)|resolved|card says \S.*)$"
)
Asked = Literal["approve", "decline", "break-glass"]
"""What others do about what somebody asked for."""
Step = Annotated[int, Field(ge=1)]
Words = Annotated[str, Field(min_length=1)]


class Act(BaseModel, frozen=True, extra="forbid"):
    """One thing that the script lets happen."""


class OpenIncident(Act):
    """Somebody types `/triage`, and fills in the form or gives it all in one line."""

    do: Literal["open"]
    by: Words
    form: bool
    words: Words | None = None
    """What stands in the form; else that the participant cannot get back in."""


class Await(Act):
    """Nothing happens until something is there to be seen.

    `ranking`, `proposal`, `checks`, `compared` (the files that were dropped
    last, with those of before), `step n ready` (it can be acted on), `step n done`,
    `participant active`, `thrown out n times` and `room quiet`, as long as peers need
    to converge (in the simulated room, not in Slack), `resolved`, or `card says …` and
    `step n says …`, as the card, or the step, has these words.
    """

    do: Literal["await"]
    what: str = Field(pattern=AWAITED)


class StartRunbook(Act):
    """Somebody starts the proposed runbook."""

    do: Literal["start"]
    by: Words


class Listen(Act):
    """Somebody lets the bot listen to the room, as the ranking offers."""

    do: Literal["listen"]
    by: Words


class DoStep(Act):
    """Somebody presses a button of a step."""

    do: Literal["confirm", "run", "skip", "override", "check-again", "fail"] | Asked
    step: Step
    by: Words
    words: str = ""


class Mend(Act):
    """Somebody outside mends the world; `name` may be left out if there is one way."""

    do: Literal["mend"]
    say: Words
    name: str | None = None


class Report(Act):
    """People's devices report their sync: `name` is one of `diagnostics`."""

    do: Literal["report"]
    say: Words
    name: str


class Resolve(Act):
    """Somebody resolves the incident and says why.

    `anyway`: checks may still not be ok, and the person knows why that is fine.
    """

    do: Literal["resolve"]
    by: Words
    words: Words
    anyway: bool = False


class Answer(Act):
    """Somebody answers, or attests, what a step asks: values by the asks' names."""

    do: Literal["answer"]
    step: Step
    by: Words
    values: Mapping[str, str] = Field(min_length=1)


class Drop(Act):
    """Somebody drops files into the incident's thread: names among `files`."""

    do: Literal["drop"]
    by: Words
    files: tuple[str, ...] = Field(min_length=1)


class TypeLine(Act):
    """Somebody types `/triage` and these words.

    `about`: words of the card that this brings; from then on all look at that one.
    """

    do: Literal["type"]
    by: Words
    words: Words
    about: Words | None = None


class Look(Act):
    """All look at another incident: the newest whose card is headed by these words."""

    do: Literal["look"]
    about: Words


class PressButton(Act):
    """Somebody presses a button of the incident that all look at."""

    do: Literal["press"]
    by: Words
    label: Words


class Export(Act):
    """Somebody asks for the incident's bundle, and again if it does not come."""

    do: Literal["export"]
    by: Words


AnyAct = Annotated[
    OpenIncident
    | Await
    | StartRunbook
    | Listen
    | DoStep
    | Mend
    | Report
    | Resolve
    | Answer
    | Drop
    | TypeLine
    | Look
    | PressButton
    | Export,
    Field(discriminator="do"),
]

ACTS: tuple[type[Act], ...] = (
    *(OpenIncident, Await, StartRunbook, Listen, DoStep, Mend, Report, Resolve),
    *(Answer, Drop, TypeLine, Look, PressButton, Export),
)
"""Every act there is."""
