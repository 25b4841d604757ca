"""What the devices reach: the endpoint over real HTTP, the server, the rooms."""

import json

import aiohttp
from livekit.protocol.models import DisconnectReason
from yarl import URL

from rehearsal.cohrtz.device import FetchFailed
from rehearsal.cohrtz.journal import Entry, Journal
from rehearsal.cohrtz.livekit_server import LiveKitServer
from rehearsal.cohrtz.rooms import Ended, Rooms
from rehearsal.cohrtz.sessions import Session

NO_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=None)
"""The app sets none for the endpoint, so a request that hangs holds its janitor up."""
HTTP_OK = 200
MAX_WORDS = 80


class Network:
    """The devices' way out; usable while the deployment is served."""

    def __init__(self, rooms: Rooms, server: LiveKitServer, journal: Journal) -> None:
        """Make a network that is not connected yet."""
        self._rooms = rooms
        self._server = server
        self._journal = journal
        self._http: aiohttp.ClientSession | None = None
        self._token_url = ""

    def connect(self, http: aiohttp.ClientSession, token_url: str) -> None:
        """Let the devices reach the endpoint at this URL."""
        self._http = http
        self._token_url = token_url

    async def fetch_token(self, room: str, identity: str) -> str:
        """Ask the endpoint as the app does, the names put into the URL as they are."""
        if self._http is None:
            raise FetchFailed("the deployment is not served")
        url = URL(f"{self._token_url}?room={room}&identity={identity}")
        try:
            async with self._http.get(url, timeout=NO_TIMEOUT) as answer:
                return _token(answer.status, await answer.text())
        except aiohttp.ClientError as error:
            why = f"the endpoint cannot be reached: {type(error).__name__}"
            raise FetchFailed(why) from error

    async def join(self, token: str, ended: Ended, *, stuck: bool) -> Session:
        """Present a token to the server."""
        return await self._server.join(token, ended, stuck=stuck)

    def leave(self, session: Session, reason: DisconnectReason) -> None:
        """End a session from the device's side."""
        self._rooms.end(session.sid, reason)

    def note(self, act: str, room: str, identity: str, outcome: str) -> None:
        """Write a peer's act into the journal."""
        entry = Entry("peer", "ACT", act, outcome, room=room, identity=identity)
        self._journal.add(entry)


def _token(status: int, body: str) -> str:
    if status != HTTP_OK:
        raise FetchFailed(f"Failed to fetch token: {body[:MAX_WORDS]}")
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise FetchFailed("the answer is not JSON") from error
    token = answer.get("token") if isinstance(answer, dict) else None
    if not isinstance(token, str):
        raise FetchFailed("the answer has no token")
    return token
