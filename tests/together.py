"""Which tests stay on one worker: those that share what takes long to set up.

pytest-xdist's own mark for it, `xdist_group`, does nothing under pytest 9.2: each
worker set the same house up anew.
"""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = (
    "tests/e2e/test_browser.py",
    "tests/e2e/test_canaries.py",
    "tests/e2e/test_policy_played.py",
    "tests/e2e/test_trail.py",
    "tests/handlers/test_hostile_requests.py",
    "tests/rehearsal_page/",
)


class Together(LoadScopeScheduling):
    """Gives each test to the next free worker, and all of these files to one."""

    def _split_scope(self, nodeid):
        return next((one for one in TOGETHER if nodeid.startswith(one)), nodeid)
