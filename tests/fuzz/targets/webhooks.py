"""LiveKit's webhooks: signed for us and in order, or refused with a reason."""

import base64
import hashlib
import json
import time

import jwt

from bot.clients.webhooks import MOVES, WebhookDoor, WebhookRefused
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import must, refusal

KEY, SECRET = "APIkey", "a secret of LiveKit with thirty-two characters"
DOOR = WebhookDoor(KEY, SECRET)
BODIES = tuple(
    json.dumps(
        {
            "event": name,
            "id": "EV_1",
            "createdAt": "1772150400",
            "room": {"sid": "RM_1", "name": "blue"},
            "participant": {
                "identity": "alice",
                "sid": "PA_1",
                "joinedAt": "1772150340",
                "disconnectReason": "DUPLICATE_IDENTITY",
                "permission": {"hidden": False, "canSubscribe": True},
            },
        }
    )
    for name in (*MOVES, "room_started")
)
RAW = tuple(one.encode() for one in BODIES)


def _token(body, secret=SECRET):
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    now = int(time.time())
    claims = {"iss": KEY, "nbf": now, "exp": now + 300, "sha256": digest}
    return jwt.encode(claims, secret, algorithm="HS256")


def case(_, rng):
    forged = rng.random() < 0.2
    if rng.random() < 0.3:
        body = mutations.octets(rng, RAW)
    else:
        body = json.dumps(mutations.value(rng, BODIES)).encode()
    token = _token(body)
    sent = mutations.text(rng, (token, "Bearer " + token)) if forged else token
    try:
        move = DOOR.receive(body, sent)
    except WebhookRefused as error:
        refusal(error)
        return "refused"
    must(sent == token, "it is not what LiveKit signed")
    return "of another kind" if move is None else "recorded"


TARGET = Target("webhooks", "webhooks, their tokens", 2_750, lambda: None, case)
