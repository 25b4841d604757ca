"""A stored body that cannot be read is told without what it holds."""

import pytest
from pydantic import ValidationError

from bot.core.incident.events import body_from_json


@pytest.mark.parametrize(
    "text",
    [
        '{"kind": "of.later", "words": "canary"}',
        '{"kind": "incident.resolved", "words": ["canary"]}',
        '{"kind": "incident.opened", "report": "canary"}',
        "canary",
        '{"canary": 1}',
    ],
)
def test_an_error_of_reading_does_not_quote_the_body(text):
    with pytest.raises(ValidationError) as caught:
        body_from_json(text)
    assert "canary" not in str(caught.value)
