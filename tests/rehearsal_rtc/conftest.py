"""The real rtc SDK in the simulated rooms; without it, or with `lo` alone, skipped."""

import socket
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "rehearsal_cohrtz"))


def why_not():
    """Say what is missing for the SDK to join, or None."""
    lacking = [name for name in ("livekit.rtc", "aiortc") if find_spec(name) is None]
    if lacking:
        return f"not installed: {', '.join(lacking)}"
    if all(name == "lo" for _, name in socket.if_nameindex()):
        return "this machine has no interface but lo, so the SDK gathers no address"
    return None


def pytest_collection_modifyitems(items):
    reason = why_not()
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.wire)
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))
