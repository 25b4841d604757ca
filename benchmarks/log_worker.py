"""Reads a log from standard input and tells seconds of CPU, memory and what it saw.

`python -m benchmarks.log_worker`, a process of its own so that its memory is only its.
"""

import json
import resource
import sys
import time

from bot.artefacts.log_stream import count_log
from bot.artefacts.log_tables import log_classifier


def main() -> None:
    """Read to the end, then print one JSON document."""
    log_classifier()
    began = time.process_time()
    tally = count_log(sys.stdin.buffer)
    seconds = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    known = tally.classified + tally.attached
    print(json.dumps({"seconds": seconds, "kilobytes": memory, "known": known}))


if __name__ == "__main__":
    main()
