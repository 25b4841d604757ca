"""An exported incident, read whole and in the part that is checked."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.core.bundle import FORMAT, Bundle, TrailBundle

TEXT = (Path(__file__).parents[1] / "corpus" / "in-doubt.json").read_text("utf-8")


def test_a_bundle_is_read_as_it_was_written():
    bundle = Bundle.model_validate_json(TEXT)
    told = bundle.model_dump(mode="json", exclude_unset=True)  # older ones lack some
    assert told == json.loads(TEXT)


def test_what_is_checked_needs_nothing_of_the_rest():
    whole = json.loads(TEXT)
    part = {name: whole[name] for name in ("format", "incident", "events")}
    assert TrailBundle.model_validate(part).events == (
        Bundle.model_validate_json(TEXT).events
    )


def test_a_bundle_of_another_format_is_refused():
    with pytest.raises(ValidationError):
        TrailBundle.model_validate_json(TEXT.replace(FORMAT, "another 1"))
