"""What files do to the state: each is kept once, and their facts are merged."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.core.artefact import merged
from bot.core.evidence import newest
from bot.core.incident import file_events as f
from bot.core.incident.events import Event
from bot.core.incident.state import Incident
from bot.core.values import replace


def _offered(state: Incident, _: Event, body: f.ArtefactOffered) -> Incident:
    given = {one.id: one for one in body.files}
    return replace(
        state,
        offered={**state.offered, **given},
        waiting={**state.waiting, **given},
    )


def _read(state: Incident, event: Event, body: f.ArtefactRead) -> Incident:
    kept = [one for one in state.artefacts if not _same(one.sha256, body)]
    state = replace(
        state,
        artefacts=(*kept, body.artefact),
        read_as={**state.read_as, body.artefact.sha256: body.file},
    )
    return _settled(_with_facts(state, event), body.file)


def _repeated(state: Incident, _: Event, body: f.ArtefactRepeated) -> Incident:
    return _settled(state, body.file)


def _compared(state: Incident, event: Event, body: f.ArtefactsCompared) -> Incident:
    told = {**state.compared, body.of: body}
    return _unranked(_with_facts(replace(state, compared=told), event))


def _same(sha256: str, body: f.ArtefactRead) -> bool:
    return bool(sha256) and sha256 == body.artefact.sha256


def _with_facts(state: Incident, event: Event) -> Incident:
    """Tell anew what all files say; what was looked at stands beside it."""
    seen = [fact for fact in state.facts.values() if not fact.lasting]
    said = merged(state.artefacts)
    compared = [fact for one in state.compared.values() for fact in one.evidence.facts]
    facts = newest((*seen, *said, *compared))
    told = {
        name: event.seq for name, fact in facts.items() if fact != state.facts.get(name)
    }
    return replace(state, facts=facts, fact_seq={**state.fact_seq, **told})


def _settled(state: Incident, file: str) -> Incident:
    waiting = {key: one for key, one in state.waiting.items() if key != file}
    state = replace(state, waiting=waiting)
    return state if waiting else _unranked(state)


def _unranked(state: Incident) -> Incident:
    """Let the pages be ranked anew, unless people walk through one."""
    under_way = state.run is not None and state.run.current() is not None
    return state if under_way else replace(state, ranking=None)


FILES: Mapping[str, Callable[[Incident, Event, Any], Incident]] = {
    "artefact.offered": _offered,
    "artefact.read": _read,
    "artefact.repeated": _repeated,
    "artefacts.compared": _compared,
}
