"""The part of the app that synchronises one room from one device, over real packets.

It lives as long as the app is open; each session in the room begins it anew, as in the
app: handshake, SYNC_REQ and four heartbeats, then the person edits now and then.
"""

import asyncio
import itertools
import json
from collections.abc import Callable, Iterable, Mapping

from rehearsal.cohrtz.data_plane import DataMessage, DataPlane
from rehearsal.cohrtz.memory import EPOCH, FEW_ROWS, Memory, Past
from rehearsal.cohrtz.pace import Pace
from rehearsal.cohrtz.peer_faults import PeerFault
from rehearsal.cohrtz.peer_keys import PeerKeys
from rehearsal.cohrtz.reactions import HANDSHAKE_SECONDS, Reactions
from rehearsal.cohrtz.sessions import Session
from rehearsal.cohrtz.speech import Speech
from rehearsal.cohrtz.throttle import Throttle
from rehearsal.cohrtz.tree import Tree
from rehearsal.cohrtz.wire import Kind
from rehearsal.cohrtz.wire_reading import read

BEATS = (3, 5, 7, 9)
"""Seconds after which the initial synchronisation asks again."""
SYNCHRONISED = 10
"""Seconds after which it is over, and the faults begin."""
EDIT_SECONDS = 7
FLUSH_SECONDS = 5
"""How often what waits for the group's key is tried again."""
GSK_SECONDS = 2.0
TAP_SECONDS = 12
ADVANCE_SECONDS = 15
NEWER_SECONDS = 9


class SyncRuntime:
    """One device in one room."""

    def __init__(
        self, identity: str, past: Past, plane: DataPlane, pace: Pace, room: str
    ) -> None:
        """Take what the device has saved from the room's past; nothing is said yet."""
        self.identity = identity
        self.faults: set[PeerFault] = set()
        """Those in force."""
        self.others: frozenset[str] = frozenset()
        self.keys = PeerKeys(room)
        self.memory = Memory(past.group_key, None, Tree(EPOCH, leaf=0, leaves=2))
        self._plane = plane
        self._pace = pace
        self._throttle = Throttle(pace)
        self._speech = Speech(plane, self.keys, self.faults)
        self._reactions = Reactions(
            identity=identity,
            speech=self._speech,
            keys=self.keys,
            memory=self.memory,
            faults=self.faults,
            throttle=self._throttle,
        )
        self._life: asyncio.Task[None] | None = None

    def begin(self, session: Session, faults: Iterable[PeerFault]) -> None:
        """Begin with a session that has become active."""
        self.end()
        self._speech.session = session
        self._plane.listen(session.sid, self._heard)
        self._life = asyncio.create_task(self._live(tuple(faults)))

    def end(self) -> None:
        """Fall silent: the session has ended. Others' keys are forgotten."""
        if self._life is not None:
            self._life.cancel()
            self._life = None
        if self._speech.session is not None:
            self._plane.deafen(self._speech.session.sid)
            self._speech.session = None
        self.keys.signs_by.clear()
        self.keys.seals_by.clear()

    def met(self, identity: str) -> None:
        """Somebody else has connected."""
        self._announce()
        if self.identity < identity:
            self._speech.say({"type": "SYNC_PING", "t0": 1.0}, identity)

    def cure(self) -> None:
        """End the faults, as a new installation and a fresh announcement would."""
        self.faults.clear()
        self._speech.announce()

    def _heard(self, message: DataMessage) -> None:
        # later, so that a room full of answers does not nest
        asyncio.get_running_loop().call_soon(self._take, message.payload)

    def _take(self, payload: bytes) -> None:
        packet = read(payload)
        if packet is not None and self._speech.session is not None:
            self._reactions.hear(packet)

    async def _live(self, faults: tuple[PeerFault, ...]) -> None:
        for second in itertools.count(1):
            await self._pace.sleep(1)
            if second <= SYNCHRONISED:
                self._synchronise(second, faults)
            else:
                self._go_on(second)

    def _synchronise(self, second: int, faults: tuple[PeerFault, ...]) -> None:
        if second == 1:
            self._announce()
        elif second in BEATS:
            self._beat()
        elif second == SYNCHRONISED:
            for fault in faults:
                self._break(fault)

    def _beat(self) -> None:
        if self.others - self.keys.seals_by.keys():
            self._speech.ask_for_handshakes()
        for other in sorted(self.others):
            self._speech.unicast(other, Kind.SYNC_REQ, b"{}")

    def _announce(self) -> None:
        if self._throttle.allows("handshake", HANDSHAKE_SECONDS):
            self._speech.announce()

    def _break(self, fault: PeerFault) -> None:
        if fault in self.faults:
            return  # what is lost is lost once: a new session does not lose it again
        self.faults.add(fault)
        once = BREAKS.get(fault)
        if once is not None:
            once(self)

    def _go_on(self, second: int) -> None:
        for every, act in DUTIES:
            if second % every == 0:
                act(self)

    def _edit(self) -> None:
        rows = {"tasks": [{"id": f"task:{self.memory.rows}", "value": "{}"}]}
        if self.memory.group_key is None:
            self.memory.queued += 1
            return
        chunk = json.dumps(rows).encode()
        self._speech.to_group(Kind.DATA_CHUNK, self.memory.group_key, chunk)
        self.memory.rows += 1

    def _flush(self) -> None:
        waits = self.memory.queued and self.memory.group_key is None
        if waits and self._throttle.allows("gsk", GSK_SECONDS):
            self._speech.say({"type": "GSK_REQ"})

    def _tap(self) -> None:
        if self.memory.wants_vault:
            self._speech.say({"type": "KEY_REQ"})

    def _advance(self) -> None:
        if PeerFault.STALE_EPOCH in self.faults:
            self._speech.say(self.memory.tree.update())

    def _be_newer(self) -> None:
        if PeerFault.NEWER_VERSION in self.faults:
            self._speech.say_the_unknown()

    def _lose_group_key(self) -> None:
        self.memory.group_key = None
        self.memory.queued = 1
        self.keys.new_sealing()

    def _lose_vault_key(self) -> None:
        self.memory.vault_key = None
        self.memory.wants_vault = True

    def _lose_rows(self) -> None:
        self.memory.rows = FEW_ROWS


BREAKS: Mapping[PeerFault, Callable[[SyncRuntime], None]] = {
    PeerFault.LOST_GROUP_KEY: SyncRuntime._lose_group_key,  # noqa: SLF001  its own acts
    PeerFault.LOST_VAULT_KEY: SyncRuntime._lose_vault_key,  # noqa: SLF001  see above
    PeerFault.NEW_SIGNING_KEY: lambda runtime: runtime.keys.new_signing(),
    PeerFault.DIVERGED_COUNT: SyncRuntime._lose_rows,  # noqa: SLF001  see above
}
DUTIES: tuple[tuple[int, Callable[[SyncRuntime], None]], ...] = (
    (EDIT_SECONDS, SyncRuntime._edit),  # noqa: SLF001  see above
    (FLUSH_SECONDS, SyncRuntime._flush),  # noqa: SLF001  see above
    (TAP_SECONDS, SyncRuntime._tap),  # noqa: SLF001  see above
    (ADVANCE_SECONDS, SyncRuntime._advance),  # noqa: SLF001  see above
    (NEWER_SECONDS, SyncRuntime._be_newer),  # noqa: SLF001  see above
)
