"""How much a file may cost: bytes, memory, seconds, members of a zip."""

from dataclasses import dataclass

MIB = 1024 * 1024
GIB = 1024 * MIB

MAX_FILE = 2 * GIB
"""Bytes of one file that is read; Slack takes no more than one GiB."""

MAX_BATCH = 6 * GIB
"""Bytes of the private copies that lie on the disk at a time, for one incident."""

MAX_MEMBERS = 150
"""Files in one zip, those of zips in it among them."""

MAX_ENTRIES = 5_000
"""Entries of a zip's directory: folders and resource forks count here too."""

MAX_EXPANDED = GIB
"""Bytes that a zip may expand to, all in all."""

MAX_RATIO = 300
"""How many times larger than in the zip a member may be, once it is large."""

RATIO_FROM = 64 * MIB
"""From this size on the ratio counts: an empty log packs very well, too."""

MAX_ANSWER = 4 * MIB
"""Bytes of what the confined process may answer."""

MAX_FACTS = 300
"""Facts of one file."""

CHUNK = MIB


@dataclass(frozen=True)
class Limits:
    """What one confined process may use."""

    seconds: float = 120.0
    """By the clock on the wall."""
    cpu_seconds: int = 90
    memory: int = 1 * GIB
    """Bytes of its own; a file that it maps to read does not count."""
    address_space: int = 6 * GIB
    """Bytes it may map in all, files among them."""
    open_files: int = 64
    answer: int = MAX_ANSWER


LIMITS = Limits()
