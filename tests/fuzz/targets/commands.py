"""What is typed behind `/triage`: understood, or answered with what to type instead."""

from bot.errors import UsageError
from handlers.grammar import VERBS, parse
from handlers.reports import report_of
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import must, refusal_in_slack

SEEDS = (
    *VERBS,
    "blue-whale alice it is slow",
    '"R&amp;D west" bob “cannot join”',
    "room:status participant:alice words",
    "resolve it is over anyway",
    "runbook token-invalid-or-expired",
    "release 1.2.0",
    "rollback rooms blue, red, &lt;green&gt;",
    "erase 17 private",
    "erase 99999999999",
    "<@U0ANN|ann> <#C0HELP|help> <https://example.org|here>",
    "backup cohrtz_x.db\ncohrtz_secure.db",
    "statsu",
)


def case(_, rng):
    typed = mutations.text(rng, SEEDS)
    try:
        ask = parse(typed)
        if ask.verb == "open":
            report_of(room=ask.room, participant=ask.participant, words=ask.words)
    except UsageError as error:
        refusal_in_slack(error)
        return "refused"
    must(ask.verb in (*VERBS, "form", "open"), f"the verb {ask.verb}")
    must("\0" not in f"{ask.room}{ask.participant}{ask.words}", "a NUL gets by")
    return "understood"


TARGET = Target("commands", "the line behind /triage", 13_000, lambda: None, case)
