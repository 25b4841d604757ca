"""How a step is named: by its run and its number."""

from typing import NamedTuple


class StepRef(NamedTuple):
    """A step of a run: the incident's run, and the step's number, both from 1."""

    run: int
    step: int
