"""Reads the pages of rehearsed incidents, `rehearsal/scenarios/*.md`.

A page has YAML front matter (the world, the faults, the truth, what a good responder
does) and prose for a person. A page that says something else than these models know is
refused with file, line and, where there is one, the likely meaning.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from bot.errors import BotError
from rehearsal.artefacts.kinds import FILE_MODELS, DeclaredFile, people_of
from rehearsal.cohrtz import DeploymentSettings, Fault, PeerSettings, Remedy, Reported
from rehearsal.cohrtz.front_matter import FrontMatter, Place, meant, split, words
from rehearsal.script import ACTS, AnyAct, Drop, Mend, Report, Words

SCENARIOS = Path(__file__).parent / "scenarios"
FILE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"


class ScenarioError(BotError):
    """A page cannot be played; each line of the text is `file:line: what is wrong`."""


class Truth(BaseModel, frozen=True, extra="forbid"):
    """What is really the matter; the bot does not get to see this."""

    fault: Words
    runbook: str | None
    """The slug of the right runbook; null if none of them fits."""
    not_a: tuple[str, ...] = ()
    """Runbooks that it must not be taken for."""


class Written(BaseModel, frozen=True, extra="forbid"):
    """The front matter of a page."""

    title: Words
    room: Words
    """The LiveKit name of the room that is triaged."""
    participant: Words
    """Who has the trouble: a name among `peers`."""
    peers: Mapping[str, PeerSettings]
    faults: tuple[Fault, ...] = ()
    mend: tuple[Remedy, ...] = ()
    """What people outside can do about it; nothing, where the bot's actions help."""
    diagnostics: Mapping[str, tuple[Reported, ...]] = {}
    """What devices report, by name; `begin` is reported when the incident begins."""
    files: Mapping[Annotated[str, Field(pattern=FILE_NAME)], DeclaredFile] = {}
    """What devices leave behind, for people to drop: by name, made from what it says.
    """
    truth: Truth
    good_responder: tuple[AnyAct, ...] = Field(min_length=1)


class Scenario(Written, frozen=True):
    """A page that was read and can be played."""

    slug: str
    """The file's name without `.md`."""
    prose: str

    @property
    def identity(self) -> str:
        """Return the LiveKit identity of the participant who has the trouble."""
        return self.peers[self.participant].identity

    def remedy(self, name: str | None = None) -> Remedy:
        """Return the remedy of that name, else the first; KeyError if unknown."""
        known = {remedy.name: remedy for remedy in self.mend}
        return known[name if name is not None else self.mend[0].name]

    def settings(
        self,
        api_key: str,
        api_secret: str,
        *,
        speed: float = 1.0,
        webhook_url: str | None = None,
    ) -> DeploymentSettings:
        """Return the settings of a deployment in which the scenario can be staged."""
        return DeploymentSettings(
            api_key=api_key,
            api_secret=api_secret,
            speed=speed,
            webhook_url=webhook_url,
            peers=self.peers,
        )


def read(path: Path) -> Scenario:
    """Read one page; ScenarioError if it cannot be played or is not there."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}:1: the page cannot be read: {error}") from error
    return read_text(text, str(path))


def read_all(folder: Path = SCENARIOS) -> Mapping[str, Scenario]:
    """Read every page of a folder, by slug; ScenarioError at the first bad one."""
    pages = [read(path) for path in sorted(folder.glob("*.md"))]
    return {page.slug: page for page in pages}


def read_text(text: str, name: str) -> Scenario:
    """Read a page's text; `name` is its file, for the slug and for what is wrong."""
    try:
        front, prose = split(text)
    except ValueError as error:
        raise ScenarioError(f"{name}:{error}") from error
    written = _validated(front, name)
    if problems := list(_contradictions(written)):
        raise ScenarioError(_listed(front, name, problems))
    fields = dict(front.content)
    return Scenario.model_validate({**fields, "slug": Path(name).stem, "prose": prose})


def _validated(front: FrontMatter, name: str) -> Written:
    try:
        return Written.model_validate(front.content)
    except ValidationError as error:
        problems = [(each["loc"], words(each, KEYS)) for each in error.errors()]
        raise ScenarioError(_listed(front, name, problems)) from error


def _listed(front: FrontMatter, name: str, problems: list[tuple[Place, str]]) -> str:
    lines = [f"{name}:{front.line(place)}: {what}" for place, what in problems]
    return "\n".join(lines)


def _contradictions(page: Written) -> Iterator[tuple[Place, str]]:
    peer = page.peers.get(page.participant)
    if peer is None:
        yield ("participant",), f"there is no {page.participant!r} among the peers"
    elif page.room not in peer.rooms:
        yield ("room",), f"{page.participant} is not in this room"
    for place, remedy in enumerate(page.mend):
        yield from _idle_remedy(page, remedy, ("mend", place))
    yield from _unknown_remedies(page)
    yield from _unknown_reports(page)
    yield from _unknown_files(page)


def _idle_remedy(
    page: Written, remedy: Remedy, place: Place
) -> Iterator[tuple[Place, str]]:
    active = {fault.kind for fault in page.faults}
    for kind in remedy.clears:
        if kind not in active:
            yield (*place, "clears"), f"{kind} is not among the faults"
    opened = (*remedy.opens, *remedy.closes)
    named = (*remedy.by_hand, *remedy.one_device, *opened, *remedy.cures)
    for who in named:
        if who not in page.peers:
            yield place, f"there is no {who!r} among the peers"


def _unknown_remedies(page: Written) -> Iterator[tuple[Place, str]]:
    known = [remedy.name for remedy in page.mend]
    for place, act in enumerate(page.good_responder):
        if isinstance(act, Mend) and not _means_one(act.name, known):
            names = ", ".join(known)
            yield ("good_responder", place), f"say which remedy is meant: {names}"


def _unknown_reports(page: Written) -> Iterator[tuple[Place, str]]:
    for name, events in page.diagnostics.items():
        for at, event in enumerate(events):
            for who in {event.by, event.peer} - {None, *page.peers}:
                what = f"there is no {who!r} among the peers"
                yield ("diagnostics", name, at), what
    for at, act in enumerate(page.good_responder):
        if isinstance(act, Report) and act.name not in page.diagnostics:
            yield ("good_responder", at), f"there is no {act.name!r} in diagnostics"


def _unknown_files(page: Written) -> Iterator[tuple[Place, str]]:
    for name, file in page.files.items():
        for who in {*people_of(file)} - {*page.peers}:
            yield ("files", name), f"there is no {who!r} among the peers"
    for at, act in enumerate(page.good_responder):
        for name in act.files if isinstance(act, Drop) else ():
            if name not in page.files:
                what = f"there is no {name!r} in files{meant(name, page.files)}"
                yield ("good_responder", at), what


def _means_one(name: str | None, known: list[str]) -> bool:
    return name in known if name is not None else len(known) == 1


MODELS: tuple[type[BaseModel], ...] = (
    *ACTS,
    *(Written, Truth, Remedy, PeerSettings, Fault, Reported),
    *FILE_MODELS,
)
KEYS = frozenset(name for model in MODELS for name in model.model_fields)
