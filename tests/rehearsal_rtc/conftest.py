"""The real rtc SDK in the simulated rooms; where it cannot join, all is skipped."""

import sys
from pathlib import Path

import pytest

from tests.fakes.rtc import needs_rtc

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "rehearsal_cohrtz"))


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.wire)
            item.add_marker(needs_rtc)
