"""What holds for every test: how hypothesis looks, and how fast it must be."""

import gc
import logging
import os
import sys

import pytest
import structlog
from hypothesis import HealthCheck, settings
from structlog._config import BoundLoggerLazyProxy

from tests.together import Together

# No deadline: a busy machine is no fault of the code. `HYPOTHESIS_PROFILE=thorough`
# looks at more examples than the gate has time for.
SLOW = [HealthCheck.too_slow]
settings.register_profile(
    "gate", deadline=None, max_examples=30, suppress_health_check=SLOW
)
settings.register_profile(
    "thorough", deadline=None, max_examples=500, suppress_health_check=SLOW
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))

# structlog's own way to show what was raised, with all locals, takes a second each.
_SHOWN = structlog.dev.ConsoleRenderer(
    colors=False, exception_formatter=structlog.dev.plain_traceback
)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _SHOWN])

OVER_THE_WIRE = (
    "rehearsal_slack/",
    "rehearsal_cohrtz/",
    "handlers/test_commands_typed",
    "handlers/test_diagnostics_route",
    "handlers/test_files_dropped",
    "handlers/test_forms_report",
    "handlers/test_listeners_log",
    "handlers/test_notices",
    "handlers/test_options_offered",
    "handlers/test_reconcile_",
    "handlers/test_serve_bot",
    "handlers/test_slack_client",
    "handlers/test_socket_",
    "handlers/test_steps_",
    "handlers/test_web_routes",
    "checks/test_checks_in_rehearsal",
    "probe/test_probe_child_process",
)
"""Tests that talk to real servers on loopback: kept out of the fast suite."""


def pytest_collection_modifyitems(items):
    for item in items:
        if any(place in item.nodeid for place in OVER_THE_WIRE):
            item.add_marker(pytest.mark.wire)
    # What waits longest begins first: begun last, it would keep one worker busy alone.
    items.sort(key=lambda item: not {"e2e", "browser"} & item.keywords.keys())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    # What is collected is no garbage, and to look for it takes seconds each time.
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture
def logs_put_back():
    """Put back how the tests log, whatever a command set up."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, _ = handlers, root.setLevel(level)
    for name in ("slack_bolt", "slack_sdk", "aiohttp.access", "livekit"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    structlog.configure(**before)
    for module in list(sys.modules.values()):
        # A logger that was used keeps where it wrote to, which is closed by now.
        log = vars(module).get("log")
        if isinstance(log, BoundLoggerLazyProxy):
            vars(log).pop("bind", None)
