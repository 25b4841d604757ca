"""Files: what people drop, what the app uploads, and their bytes."""

import mimetypes
from dataclasses import dataclass, replace
from typing import Any

from rehearsal.slack.clock import Clock, Ids
from rehearsal.slack.errors import SlackError
from rehearsal.slack.settings import WorkspaceSettings

Json = dict[str, Any]


@dataclass(frozen=True)
class StoredFile:
    """A file, its bytes, who brought it, and where it was shared.

    `shares` maps a channel to the ts of the messages that show the file.
    """

    id: str
    name: str
    title: str
    content: bytes
    user: str
    created: int
    shares: tuple[tuple[str, str, str | None], ...] = ()
    complete: bool = True
    handed: bool = False
    """It was chosen in a form of the app, which may see it unshared."""


class Files:
    """Keeps files in memory."""

    def __init__(self, settings: WorkspaceSettings, ids: Ids, clock: Clock) -> None:
        """Begin with none."""
        self._settings = settings
        self._ids = ids
        self._clock = clock
        self._kept: dict[str, StoredFile] = {}
        self._uploads: dict[str, tuple[str, int]] = {}

    def add(self, name: str, content: bytes, user: str) -> StoredFile:
        """Store a file that is complete."""
        now = int(self._clock.now())
        made = StoredFile(self._ids.mint("F"), name, name, content, user, now)
        self._kept[made.id] = made
        return made

    def hand(self, name: str, content: bytes, user: str) -> StoredFile:
        """Store a file that a person chooses in a form."""
        made = replace(self.add(name, content, user), handed=True)
        self._kept[made.id] = made
        return made

    def get(self, file_id: str) -> StoredFile:
        """Give a file; `file_not_found` if there is none or it is not complete."""
        found = self._kept.get(file_id)
        if found is None or not found.complete:
            raise SlackError("file_not_found")
        return found

    def begin(self, name: str, length: int) -> tuple[str, str]:
        """Begin an upload: give the file's id and the secret of its URL."""
        made = replace(
            self.add(name, b"", self._settings.app.bot_user_id), complete=False
        )
        self._kept[made.id] = made
        secret = self._ids.secret()
        self._uploads[secret] = (made.id, length)
        return made.id, secret

    def receive(self, secret: str, content: bytes) -> int:
        """Take an upload's bytes, once and of the announced length."""
        if secret not in self._uploads:
            raise SlackError("invalid_upload_url")
        file_id, length = self._uploads.pop(secret)
        if len(content) != length:
            raise SlackError("length_mismatch")
        self._kept[file_id] = replace(self._kept[file_id], content=content)
        return len(content)

    def finish(self, file_id: str, title: str | None) -> StoredFile:
        """Complete an upload whose bytes have come."""
        found = self._kept.get(file_id)
        waiting = {waits for waits, _ in self._uploads.values()}
        if found is None or file_id in waiting:
            raise SlackError("file_not_found")
        made = replace(found, title=title or found.name, complete=True)
        self._kept[file_id] = made
        return made

    def share(self, file_id: str, channel: str, message: Json) -> None:
        """Note a message that shows a file."""
        found = self._kept[file_id]
        share = (channel, message["ts"], message.get("thread_ts"))
        self._kept[file_id] = replace(found, shares=(*found.shares, share))

    def shown(self, file: StoredFile, base_url: str) -> Json:
        """Give the file object as files.info and messages show it."""
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        suffix = file.name.rpartition(".")[2] if "." in file.name else "binary"
        private = f"{base_url}/files-pri/{file.id}/{file.name}"
        return {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title,
            "mimetype": kind,
            "filetype": suffix,
            "pretty_type": suffix.upper(),
            "user": file.user,
            "user_team": self._settings.team_id,
            "editable": False,
            "size": len(file.content),
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": True,
            "file_access": "visible",
            "url_private": private,
            "url_private_download": private,
            "permalink": f"{base_url}/files/{file.user}/{file.id}/{file.name}",
            "channels": [channel for channel, _, _ in file.shares],
            "shares": {"public": _shares(file)},
        }


def _shares(file: StoredFile) -> Json:
    shares: Json = {}
    for channel, ts, thread in file.shares:
        threaded = {"thread_ts": thread} if thread else {}
        shares.setdefault(channel, []).append({"ts": ts, **threaded})
    return shares
