"""Runs `triage …` by forking: `python -m tests.e2e.fork_server`, told by JSON lines.

Most of what a bot costs until it is ready is to load its modules. Here they are loaded
once, in a process that does nothing else and has no threads, and each bot is a fork of
it: a process of its own with an environment, a folder, output and a death of its own,
as if it had been started by its command line. Asked to run words (`forked.Run`), it
tells the process id; asked with `{"ended": id}`, the exit code, when it has ended.
"""

import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import handlers.start  # noqa: F401  what a bot would load
from bot.__main__ import main

Main = Callable[[Sequence[str]], int]


def serve(run: Main) -> None:
    """Do what the lines ask for, until there are no more; `run` is each one's life."""
    gc.collect()
    gc.freeze()
    alive: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        if "ended" in asked:
            alive.discard(asked["ended"])
            _, status = os.waitpid(asked["ended"], 0)
            _tell(os.waitstatus_to_exitcode(status))
            continue
        born = os.fork()
        if born == 0:
            _live(partial(run, asked.pop("words")), **asked)
        alive.add(born)
        _tell(born)
    for one in alive:
        os.kill(one, signal.SIGKILL)


def _tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _live(
    run: Callable[[], int], environment: Mapping[str, str], cwd: str, out: str, err: str
) -> None:
    """Be the bot, and end as it does; nothing of the server is left to clean up."""
    _direct(os.devnull, os.O_RDONLY, 0)
    for path, place in ((out, 1), (err, 2)):
        _direct(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, place)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    code = 1
    try:
        code = run()
    except SystemExit as end:
        code = end.code
    except BaseException as error:  # noqa: BLE001  told as Python would at its end
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _direct(path: str, flags: int, place: int) -> None:
    given = os.open(path, flags)
    os.dup2(given, place)
    os.close(given)


if __name__ == "__main__":
    serve(main)
