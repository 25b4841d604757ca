"""Reads a log from standard input and tells seconds of CPU, memory and what it saw.

`python -m benchmarks.log_worker`, a process of its own so that its memory is only its.
"""

import json
import re
import sys
import time
from pathlib import Path

from bot.artefacts.log_stream import count_log, log_classifier


def main() -> None:
    """Read to the end, then print one JSON document."""
    log_classifier()
    began = time.process_time()
    tally = count_log(sys.stdin.buffer)
    seconds = time.process_time() - began
    known = tally.classified + tally.attached
    print(json.dumps({"seconds": seconds, "kilobytes": _peak(), "known": known}))


def _peak() -> int:
    """Return the most memory that this process had, in kB (Linux's /proc).

    What getrusage says counts the process that started this one, too.
    """
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(told[1]) if told else 0


if __name__ == "__main__":
    main()
