"""Commands in this process leave its logging as it is: other tests read the logs."""

import pytest

from bot import logs


@pytest.fixture(autouse=True)
def logging_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "set_up", lambda *_: None)
