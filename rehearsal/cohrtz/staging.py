"""Brings a deployment to where a rehearsed incident begins, and mends it."""

import time
from collections.abc import Sequence

from livekit.protocol.models import DisconnectReason, ParticipantInfo

from rehearsal.cohrtz.claims import HOUR, Asked, aged, claims_for, mint
from rehearsal.cohrtz.deployment import Deployment
from rehearsal.cohrtz.faults import Fault, FaultKind
from rehearsal.cohrtz.peer import Peer
from rehearsal.cohrtz.sessions import Session
from rehearsal.cohrtz.settings import HeldToken, PeerSettings, Remedy, Start

SETTLE_SECONDS = 30.0
"""How long people may take to become active before the faults begin."""
SECOND_DEVICE_SECONDS = 12.0
"""Simulated seconds from the first device's join to the second's."""


async def stage(deployment: Deployment, faults: Sequence[Fault]) -> None:
    """Let the people connect, then let the faults begin, as their settings say.

    Nobody is in the rooms before. A rotated secret is so from the start for the
    endpoint, while the server accepts the old one until everybody is in.
    """
    _rotate(deployment, faults)
    for peer, _ in _people(deployment, Start.ACTIVE, Start.STUCK, Start.LOST):
        await peer.connect()
    await _settled(deployment)
    for peer, _ in _people(deployment, Start.STUCK):
        await _half_way(peer)
    # Nothing may wait between here and there: a janitor could bring somebody back.
    _begin(deployment, faults)
    for peer, _ in _people(deployment, Start.LOST):
        peer.lose(_reason(faults))
    await _stuck(deployment)
    for peer, _ in _people(deployment, Start.TWO_DEVICES):
        await peer.connect()
        await deployment.pace.sleep(SECOND_DEVICE_SECONDS)
        await peer.second_device()


async def mend(deployment: Deployment, remedy: Remedy) -> None:
    """Do what the remedy says: end faults; reconnect, open, close or mend apps."""
    if remedy.clears:
        deployment.faults.clear(*remedy.clears)
    for name in remedy.by_hand:
        await deployment.peers[name].reconnect_by_hand()
    for name in remedy.one_device:
        await deployment.peers[name].keep_one_device()
    for name in remedy.opens:
        await deployment.peers[name].connect()
    for name in remedy.closes:
        await deployment.peers[name].stop()
    for name in remedy.cures:
        deployment.apps.cure(deployment.peers[name].identity)


def _rotate(deployment: Deployment, faults: Sequence[Fault]) -> None:
    for fault in faults:
        if fault.kind is FaultKind.ENDPOINT_SIGNS_AS_BEFORE:
            deployment.keyring.before_rotation = True
            deployment.faults.put(fault)


def _begin(deployment: Deployment, faults: Sequence[Fault]) -> None:
    _age_tokens(deployment)
    for fault in faults:
        deployment.faults.put(fault)
    deployment.keyring.before_rotation = False


def _people(deployment: Deployment, *starts: Start) -> list[tuple[Peer, PeerSettings]]:
    return [
        (deployment.peers[name], settings)
        for name, settings in deployment.settings.peers.items()
        if settings.start in starts
    ]


async def _settled(deployment: Deployment) -> None:
    people = _people(deployment, Start.ACTIVE, Start.STUCK, Start.LOST)
    await deployment.wait_for(
        lambda: all(_active(peer) for peer, _ in people), SETTLE_SECONDS
    )


def _active(peer: Peer) -> bool:
    sessions = [peer.session(room) for room in peer.rooms]
    return all(_is(session, ParticipantInfo.ACTIVE) for session in sessions)


def _is(session: Session | None, state: "ParticipantInfo.State") -> bool:
    return session is not None and session.state == state


async def _half_way(peer: Peer) -> None:
    peer.lose()
    await peer.come_back_half_way(peer.rooms[0])


async def _stuck(deployment: Deployment) -> None:
    people = _people(deployment, Start.STUCK)
    await deployment.wait_for(
        lambda: all(
            _is(peer.session(peer.rooms[0]), ParticipantInfo.JOINED)
            for peer, _ in people
        ),
        SETTLE_SECONDS,
    )


def _reason(faults: Sequence[Fault]) -> "DisconnectReason":
    restarted = any(
        fault.kind is FaultKind.ENDPOINT_SIGNS_AS_BEFORE for fault in faults
    )
    if restarted:
        return DisconnectReason.SERVER_SHUTDOWN
    return DisconnectReason.SIGNAL_CLOSE


def _age_tokens(deployment: Deployment) -> None:
    for peer, settings in _people(deployment, *Start):
        if settings.token is HeldToken.EXPIRED:
            for room in peer.rooms:
                peer.hold(room, _expired_token(deployment, room, peer.identity))


def _expired_token(deployment: Deployment, room: str, identity: str) -> str:
    keyring, ttl = deployment.keyring, deployment.settings.token_ttl
    now = int(time.time())
    claims = claims_for(Asked(room, identity), keyring.api_key, now, ttl)
    return mint(aged(claims, ttl + HOUR), keyring.endpoint_secret)
