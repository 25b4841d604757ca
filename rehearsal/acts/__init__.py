"""How each act of a script is done: one module for what belongs together."""

from collections.abc import Mapping

from rehearsal import script as s
from rehearsal.acts import (
    answers,
    commanding,
    exporting,
    files,
    opening,
    outside,
    resolving,
    steps,
    waiting,
)
from rehearsal.part import Done

DONE: Mapping[type[s.Act], Done] = {
    s.OpenIncident: opening.open_incident,
    s.StartRunbook: opening.start_runbook,
    s.Listen: opening.listen,
    s.Await: waiting.wait,
    s.DoStep: steps.do_step,
    s.Mend: outside.mend_world,
    s.Report: outside.report,
    s.Resolve: resolving.resolve,
    s.Answer: answers.answer,
    s.Drop: files.drop,
    s.TypeLine: commanding.type_line,
    s.Look: commanding.look,
    s.PressButton: commanding.press_button,
    s.Export: exporting.export,
}
