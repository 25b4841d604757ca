"""LiveKit's webhooks, verified, as transitions.

LiveKit signs the SHA-256 of the body into a bare JWT in `Authorization`. Deliveries
may come twice and may be lost: each transition has the event's id, and bot.clients.poll
finds what was lost. Any answer but 5xx and 429 ends LiveKit's tries.
"""

from datetime import UTC, datetime

import jwt
from livekit import api

from bot.cohrtz.ourselves import is_ours
from bot.errors import WorldError
from bot.world.transitions import Move, Transition

BODY_LIMIT = 256 * 1024
"""Bytes of a body that are read; real ones have a few thousand."""
NAME_LIMIT = 256
"""Characters of an identity, a room's name or an id: LiveKit's own default limit."""
MOVES = {
    "participant_joined": Move.JOINED,
    "participant_left": Move.LEFT,
    "participant_connection_aborted": Move.ABORTED,
}


class WebhookRefused(WorldError):  # noqa: N818  a refusal is an answer, not a fault
    """The delivery is not one that LiveKit signed for us; the text says why."""


class WebhookDoor:
    """Lets in what was signed with one API key."""

    def __init__(self, api_key: str, api_secret: str) -> None:
        """Take the key that the server's `webhook.api_key` names, and its secret."""
        self._receiver = api.WebhookReceiver(api.TokenVerifier(api_key, api_secret))

    def receive(self, body: bytes, authorization: str) -> Transition | None:
        """Return the transition told, or None for another kind and for our own probe.

        `body` must be the bytes as they came. Raises WebhookRefused.
        """
        if len(body) > BODY_LIMIT:
            raise WebhookRefused(f"The webhook's body is over {BODY_LIMIT} bytes.")
        event = self._verified(body, authorization)
        move = MOVES.get(event.event)
        who = event.participant
        if move is None or is_ours(who.identity, hidden=who.permission.hidden):
            return None
        return _transition(event, move)

    def _verified(self, body: bytes, authorization: str) -> api.WebhookEvent:
        try:
            return self._receiver.receive(body.decode("utf-8"), authorization)
        except jwt.ExpiredSignatureError:
            raise WebhookRefused(
                "The webhook's signature has expired: compare the clocks."
            ) from None
        except (jwt.InvalidIssuerError, jwt.InvalidSignatureError):
            raise WebhookRefused(
                "The webhook is signed with another API key or secret than ours."
            ) from None
        except Exception as error:  # noqa: BLE001  the receiver raises bare Exception
            # the error's own text may quote the token, so only its kind is told
            raise WebhookRefused(
                f"The webhook's signature or body is not in order "
                f"({type(error).__name__})."
            ) from None


def _transition(event: api.WebhookEvent, move: Move) -> Transition:
    who = event.participant
    names = (event.id, event.room.name, who.identity, who.sid)
    if not all(0 < len(name) <= NAME_LIMIT for name in names) or event.created_at <= 0:
        raise WebhookRefused(
            f"The {event.event} webhook lacks an id, a time, a room or a participant, "
            f"or one of the names is over {NAME_LIMIT} characters."
        )
    return Transition(
        id=event.id,
        room=event.room.name,
        identity=who.identity,
        sid=who.sid,
        move=move,
        reason="" if move is Move.JOINED else _reason(who.disconnect_reason),
        at=_moment(event.created_at),
        source="webhook",
        joined_at=_moment(who.joined_at) if who.joined_at else None,
    )


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise WebhookRefused("The webhook tells a time that cannot be.") from None


def _reason(number: int) -> str:
    """Spell a DisconnectReason; those newer than our SDK by their number."""
    names = api.DisconnectReason
    if number not in names.values():
        return f"reason-{number}"
    return names.Name(names.ValueType(number)).lower().replace("_", "-")
