"""Whether the real rtc SDK can join a simulated server on this machine."""

import socket
from importlib.util import find_spec

import pytest


def why_not() -> str | None:
    """Say what is missing for the SDK to join, or None."""
    lacking = [name for name in ("livekit.rtc", "aiortc") if find_spec(name) is None]
    if lacking:
        return f"not installed: {', '.join(lacking)}"
    if all(name == "lo" for _, name in socket.if_nameindex()):
        return "this machine has no interface but lo, so the SDK gathers no address"
    return None


needs_rtc = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
