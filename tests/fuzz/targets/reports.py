"""The fields of a report: taken as they are shown, or refused beside their field."""

from pydantic import ValidationError

from bot.core.report import Report
from handlers import forms
from handlers.render import form
from handlers.render.words import name, prose
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import mrkdwn, must, seen

FIELDS = tuple(forms._NAMES)
REAL = ("blue-whale", "alice", "SYNC_REQ", "req-17", "it is slow\nhere", "x" * 2_001)
CHOICES = {form.REPRODUCES: ("yes", "no"), form.SEVERITY: ("SEV1", "SEV4")}


def _value(rng, field):
    if field in CHOICES and rng.random() < 0.95:
        return rng.choice(CHOICES[field])
    return rng.choice(REAL) if rng.random() < 0.5 else mutations.words(rng)


def case(_, rng):
    values = {one: _value(rng, one) for one in FIELDS if rng.random() < 0.8}
    try:
        report = Report.model_validate(forms._fields(values))
    except ValidationError as error:
        told = forms._beside({"view": {}}, error)
        must(told, "refused without a reason")
        for field, why in told.items():
            must(field and why.strip(), f"no reason beside {field!r}")
            seen(why)
        return "refused"
    for text in (report.title, report.words or "", report.transitions or ""):
        mrkdwn(name(text))
        mrkdwn(prose(text))
    must(Report.model_validate_json(report.model_dump_json()) == report, "not kept")
    return "taken"


TARGET = Target("reports", "the fields of the form", 13_000, lambda: None, case)
