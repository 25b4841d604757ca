"""What must hold of every file that was dropped: it is taken once, and read."""

from collections.abc import Iterable, Iterator

from bot.core.incident import file_events as f
from bot.core.incident.events import Body
from rehearsal.slack import Workspace
from tests.simulation.answered import was_told
from tests.simulation.dropping import Dropped
from tests.simulation.kept import Told


def wrong_files(
    workspace: Workspace, dropped: Iterable[Dropped], incidents: Iterable[Told]
) -> Iterator[str]:
    """Say which files were forgotten, taken twice, or not read as they are."""
    bodies = [event.body for told in incidents for event in told.events]
    waiting = {file for told in incidents for file in told.state.waiting}
    for file in dropped:
        times = sum(_offers(body, file.id) for body in bodies)
        if times > 1:
            yield f"file {file.id} was taken {times} times"
        elif not times and (taken := _taken(workspace, file)):
            if not was_told(workspace, file.user, (file.at, taken)):
                yield f"file {file.id} was forgotten, and {file.user} was not told"
        elif times:
            yield from _wrong_reading(file, bodies, waiting)


def _wrong_reading(
    file: Dropped, bodies: Iterable[Body], waiting: set[str]
) -> Iterator[str]:
    if file.id in waiting:
        yield f"file {file.id} still waits to be read"
    read = [
        body
        for body in bodies
        if isinstance(body, f.ArtefactRead | f.ArtefactRepeated)
        and body.file == file.id
    ]
    if not any(_tells_of(body, file.sha256) for body in read):
        yield f"file {file.id} was not read as it is: {read}"


def _offers(body: Body, file: str) -> bool:
    return isinstance(body, f.ArtefactOffered) and any(
        one.id == file for one in body.files
    )


def _tells_of(body: f.ArtefactRead | f.ArtefactRepeated, sha256: str) -> bool:
    """Say whether it is of that content, or says that it could not be read."""
    if isinstance(body, f.ArtefactRepeated):
        return body.sha256 in ("", sha256)
    return body.artefact.sha256 == sha256 or body.artefact.reference is not None


def _taken(workspace: Workspace, file: Dropped) -> float | None:
    """Return when Slack told the bot of the message and it took that; None: never."""
    for entry in workspace.journal.deliveries():
        event = entry.arguments.get("event") or {}
        files = event.get("files") or () if event.get("type") == "message" else ()
        if entry.ok and any(one["id"] == file.id for one in files):
            return entry.began
    return None
