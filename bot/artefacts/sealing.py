"""Shutting a process in, from inside, before it looks at what nobody trusts.

Layers, each reported as holding or not: resource limits; no core dumps, no new
privileges, death with the parent and a network namespace of its own (Linux); and,
everywhere, an audit hook that refuses sockets, programs, and writing outside one
folder. The hook stops Python code only, the others stop native code too.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from bot.artefacts.limits import MAX_EXPANDED, MIB, Limits

# Numbers of Linux' uapi headers: linux/prctl.h and linux/sched.h.
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x1000_0000
_CLONE_NEWNET = 0x4000_0000
_CLONE_NEWIPC = 0x0800_0000

_REFUSED = (
    *("socket.", "subprocess.", "pty.", "ftplib.", "smtplib.", "poplib.", "imaplib."),
    *("http.client.", "urllib.", "webbrowser.", "syslog.", "telnetlib.", "nntplib."),
    *("os.exec", "os.spawn", "os.posix_spawn", "os.fork", "os.system", "os.startfile"),
    *("os.kill", "signal.pthread_kill", "sqlite3.load_extension", "ctypes.dlopen"),
    *("sqlite3.enable_load_extension", "os.putenv", "os.setxattr", "os.removexattr"),
)
_CHANGES = (
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink"),
    *("os.chmod", "os.chown", "os.truncate", "os.utime", "os.chflags", "os.lockf"),
)
NICE = 10
"""How far it stands back: people wait for the bot's answers, not for a log."""

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def seal(limits: Limits, scratch: Path) -> dict[str, bool]:
    """Shut this process in for good; return the layers and whether each holds."""
    os.nice(NICE)
    layers = {
        "limits": _limit(limits),
        "no-new-privileges": _prctl(_PR_SET_NO_NEW_PRIVS, 1),
        "no-core-dumps": _prctl(_PR_SET_DUMPABLE, 0),
        "dies-with-parent": _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL),
        "no-network": _unshare(),
    }
    return layers | {"audit-hook": _hook(scratch)}


def _limit(limits: Limits) -> bool:
    wanted = {
        "RLIMIT_AS": limits.address_space,
        "RLIMIT_DATA": limits.memory,
        "RLIMIT_CPU": limits.cpu_seconds,
        "RLIMIT_FSIZE": MAX_EXPANDED + MIB,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_NPROC": 0,
        "RLIMIT_CORE": 0,
    }
    took = [_set(name, value) for name, value in wanted.items()]
    return all(took)


def _set(name: str, value: int) -> bool:
    """Set a limit; say whether the system knows it and took it."""
    which = getattr(resource, name, None)
    if which is None:
        return False
    _, hard = resource.getrlimit(which)
    most = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(which, (most, most))
    except (ValueError, OSError):
        return False
    return True


def _prctl(option: int, value: int) -> bool:
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None).prctl(option, value, 0, 0, 0) == 0)


def _unshare() -> bool:
    """Leave the network for an empty namespace, if the system permits that."""
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None)
    tries = (_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC, _CLONE_NEWNET)
    return any(library.unshare(flags) == 0 for flags in tries)


def _hook(scratch: Path) -> bool:
    inside = f"{scratch}{os.sep}"

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            _may_open(arguments, inside)
        elif event.startswith(_REFUSED):
            raise PermissionError(f"{event} is not allowed here")
        elif event.startswith(_CHANGES):
            _may_change(arguments, inside)

    sys.addaudithook(refuse)
    with contextlib.suppress(PermissionError):
        sys.audit("socket.connect")
        return False
    return True


def _may_open(arguments: tuple[Any, ...], inside: str) -> None:
    path, mode, flags = arguments
    writes = any(c in "wax+" for c in mode) if isinstance(mode, str) else False
    if not writes and not (isinstance(flags, int) and flags & _WRITES):
        return
    _must_be(path, inside)


def _may_change(arguments: tuple[Any, ...], inside: str) -> None:
    for one in arguments:
        if isinstance(one, str | bytes | os.PathLike):
            _must_be(one, inside)


def _must_be(path: object, inside: str) -> None:
    if isinstance(path, str | bytes | os.PathLike):
        whole = os.fsdecode(path)
        if os.path.abspath(whole).startswith(inside):  # noqa: PTH100  no link is followed
            return
    raise PermissionError("writing outside the private folder is not allowed here")
