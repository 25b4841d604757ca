"""How much is measured: counts, rounds, where files go, which cores are used."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.cores import Cores


@dataclass(frozen=True)
class Plan:
    """Counts of one run of the benchmark."""

    folder: Path
    cores: Cores
    rounds: int = 5
    acks: int = 300
    """Commands one at a time, in a round."""
    burst: int = 1_000
    """Commands at once."""
    seconds: float = 3.0
    """How long a closed loop lasts."""
    connections: int = 64
    presses: int = 100
    idle_incidents: int = 100
    log_megabytes: int = 64
    """Size of the log whose reading is timed."""
    log_stream_megabytes: int = 1_024
    """Size of the log that shows that memory stays flat."""
    idle_seconds: float = 60.0
    """Longer than the bot's longest period when nothing happens (45 s)."""
    packets: int = 4_096


def quick(folder: Path, cores: Cores) -> Plan:
    """Return a plan that shows in seconds whether everything runs."""
    return Plan(
        folder=folder,
        cores=cores,
        rounds=1,
        acks=20,
        burst=20,
        seconds=0.3,
        connections=4,
        presses=2,
        log_megabytes=2,
        log_stream_megabytes=8,
        idle_incidents=3,
        idle_seconds=2.0,
        packets=256,
    )
