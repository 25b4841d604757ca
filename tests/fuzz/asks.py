"""What people, Slack and LiveKit ask of the bot, in hostile words; each one judged."""

import json
from base64 import b64encode
from hashlib import sha256
from urllib.parse import quote

from livekit import api

from bot.clients.diagnostics import room_secret
from bot.core.incident.state import Verb
from handlers import refs
from handlers.grammar import VERBS
from handlers.manifest import MESSAGE_SHORTCUT
from handlers.render import form
from tests.fuzz import mutations, said, soundness
from tests.fuzz.scene import ASKS, MASTER, hostile, sendable
from tests.fuzz.soundness import must
from tests.fuzz.targets import diagnostics, webhooks
from tests.handlers.desk_house import ELI, GALE, HERE, ROBIN, SAM

ASKING = (*[ROBIN] * 5, SAM, SAM, GALE, ELI)
"""Most may do it; a guest and a stranger may not."""
LINES = (*VERBS, "", "runbook reconnect --dry-run", "runbook reconnect", "erase 1")
ROOMS = (form.ROOM, form.PARTICIPANT)
ACTIONS = (*map(refs.action_of, Verb), refs.START, refs.RESOLVE, refs.REOPEN)


def _who(rng):
    who = rng.choice(ASKING)
    team = "T0OTHER" if who == ELI else "T0TEAM"
    return {"user": {"id": who, "team_id": team}, "team": {"id": "T0TEAM"}}


def _command(rng):
    words = hostile(rng)
    line = rng.choice((rng.choice(LINES) + " " + words, f'"{words}" {hostile(rng)}'))
    return {
        "command": "/triage",
        "text": sendable(line),
        "team_id": "T0TEAM",
        "user_id": rng.choice(ASKING[:-1]),
        "channel_id": HERE,
        "trigger_id": f"1.2.{rng.getrandbits(40)}",
    }


async def command(scene, rng):
    """`/triage` with every verb."""
    said.answer(await scene.send(_command(rng)))


def _view(rng, shown):
    """Return a form as Slack hands it back, hostile words in its fields."""
    values = {}
    for block in shown["blocks"]:
        if "element" in block:
            kind, action = block["element"]["type"], block["element"]["action_id"]
            values[block["block_id"]] = {action: _field(rng, kind, block["element"])}
    whole = {"id": f"V{rng.getrandbits(40)}", "hash": "1.a", "type": "modal"}
    return {**shown, **whole, "state": {"values": values}}


def _field(rng, kind, element):
    if kind == "plain_text_input":
        return {"type": kind, "value": rng.choice((hostile(rng), "words", None))}
    if kind == "file_input":
        files = [
            {"id": f"F{n}", "name": hostile(rng)} for n in range(rng.choice((0, 1, 21)))
        ]
        return {"type": kind, "files": files}
    known = [one["value"] for one in element.get("options", ())] or ["blue"]
    chosen = rng.choice((*known, hostile(rng)))
    return {"type": kind, "selected_option": {"value": chosen}}


def _form(scene, rng):
    if rng.random() < 0.5:
        memo = refs.FormMemo(kind=refs.FormKind.OPEN, channel=HERE)
        return _view(rng, form.triage_form(memo))
    verb = rng.choice((Verb.SKIP, Verb.FAIL, Verb.DECLINE))
    about = {"incident": scene.incident, "run": 1, "step": 1, "verb": verb}
    memo = refs.FormMemo(kind=refs.FormKind.WORDS, channel=HERE, **about)
    return _view(rng, form.words_form(memo, "Why?", "Why is it so?"))


def _interaction(rng, kind, view, **more):
    trigger = f"1.2.{rng.getrandbits(40)}"
    return {**_who(rng), "type": kind, "view": view, "trigger_id": trigger, **more}


async def submission(scene, rng):
    """A form is sent."""
    view = _form(scene, rng)
    heard = await scene.send(_interaction(rng, "view_submission", view))
    said.beside(heard, view)


ANSWERS = ("2", "https://example.org/1?a=b&c=d#e", "6470ae3")


async def answers(scene, rng):
    """What a step asks is answered: some of it well, some in hostile words."""
    about = {"incident": scene.incident, "run": 1, "step": 1}
    memo = refs.FormMemo(kind=refs.FormKind.ANSWERS, channel=HERE, **about)
    view = _view(rng, form.answers_form(memo, ASKS, attested=False))
    for one, good in zip(ASKS[1:], ANSWERS, strict=True):
        field = view["state"]["values"][form.field_of(one)][form.field_of(one)]
        spoilt = mutations.text(rng, (good,))
        field["value"] = rng.choice((*[good] * 5, spoilt, hostile(rng)))
    if rng.random() < 0.8:
        seen = form.field_of(ASKS[0])
        view["state"]["values"][seen][seen] = {"selected_option": {"value": "yes"}}
    heard = await scene.send(_interaction(rng, "view_submission", view))
    said.beside(heard, view)


async def choice(scene, rng):
    """A room or a participant is chosen in the form."""
    memo = refs.FormMemo(kind=refs.FormKind.OPEN, channel=HERE)
    view = _view(rng, form.triage_form(memo))
    if rng.random() < 0.7:  # the transitions are as they were filled in
        view["state"]["values"].pop(form.TRANSITIONS, None)
    action = {"type": "external_select", "action_id": rng.choice(ROOMS)}
    actions = [{**action, "block_id": "b", "action_ts": "1.3"}]
    asked = _interaction(rng, "block_actions", view, actions=actions)
    said.whispered(await scene.send(asked))


async def suggestion(scene, rng):
    """A name is typed into the form, letter by letter."""
    memo = refs.FormMemo(kind=refs.FormKind.OPEN, channel=HERE)
    view = _view(rng, form.triage_form(memo))
    typed = {"action_id": rng.choice(ROOMS), "block_id": "b", "value": hostile(rng)}
    heard = await scene.send(_interaction(rng, "block_suggestion", view, **typed))
    soundness.offered(heard.body)


def _press(scene, rng):
    ts, action, value = rng.choice(scene.buttons)
    if rng.random() < 0.2:
        value = mutations.text(rng, (value,))
    if rng.random() < 0.1:
        action = rng.choice(ACTIONS)
    return {
        **_who(rng),
        "type": "block_actions",
        "channel": {"id": HERE},
        "container": {"type": "message", "message_ts": ts, "thread_ts": scene.card},
        "trigger_id": f"1.2.{rng.getrandbits(40)}",
        "actions": [
            {
                "type": "button",
                "action_id": action,
                "block_id": "b",
                "value": value,
                "action_ts": f"1.{rng.getrandbits(20)}",
            }
        ],
    }


async def press(scene, rng):
    """A button is pressed: ours, or one whose value somebody has changed."""
    said.whispered(await scene.send(_press(scene, rng)))


async def shortcut(scene, rng):
    """The form is opened from a message."""
    asked = {
        **_who(rng),
        "type": "message_action",
        "callback_id": MESSAGE_SHORTCUT,
        "channel": {"id": HERE},
        "message": {"ts": scene.card, "text": hostile(rng)},
        "trigger_id": hostile(rng),
    }
    said.whispered(await scene.send(asked))


def _files(scene, rng):
    names = [hostile(rng) for _ in range(rng.choice((1, 2, 21)))]
    event = {
        "type": "message",
        "subtype": "file_share",
        "user": rng.choice(ASKING[:-1]),
        "channel": HERE,
        "ts": "1.2",
        "text": hostile(rng),
        "thread_ts": scene.card,
        "files": [{"id": f"F{n}", "name": name} for n, name in enumerate(names)],
    }
    event_id = f"Ev{rng.getrandbits(40)}"
    whole = {"type": "event_callback", "team_id": "T0TEAM", "event": event}
    return {**whole, "event_id": event_id}


async def files(scene, rng):
    """Files are dropped into the incident's thread."""
    payload = _files(scene, rng)
    heard = await scene.send(payload)
    is_too_many = len(payload["event"]["files"]) > 20
    must(heard.told or not is_too_many, "too many files are refused without a word")


async def odd(scene, rng):
    """A payload that Slack would never send: of it only what is said is judged."""
    made = rng.choice((_press, _files, lambda *_: _command(rng)))(scene, rng)
    payload = mutations.value(rng, (json.dumps(made),))
    payload = payload if isinstance(payload, dict) else made
    if "command" in payload:
        payload = {sendable(name): sendable(str(one)) for name, one in payload.items()}
    elif "view" not in payload:
        payload.setdefault("type", "block_actions")
    await scene.send(payload)


async def webhook(scene, rng):
    """LiveKit tells of somebody whose name is hostile."""
    told = mutations.value(rng, webhooks.BODIES)
    if isinstance(told, dict) and rng.random() < 0.7:
        told["room"] = {"name": rng.choice(("blue", hostile(rng)))}
        told["participant"] = {"identity": hostile(rng), "sid": "PA_1"}
    body = json.dumps(told).encode()
    digest = b64encode(sha256(body).digest()).decode()
    secret = "a secret of at least thirty-two characters"
    token = api.AccessToken("key", secret).with_sha256(digest).to_jwt()
    heard = await scene.post("/livekit/webhook", body, token)
    soundness.seen(heard.body)


async def diagnosed(scene, rng):
    """A client posts its diagnostics of a room whose name is hostile."""
    room = rng.choice((diagnostics.ROOM, sendable(hostile(rng))))
    line = mutations.value(rng, diagnostics.LINES)
    if rng.random() < 0.5:
        line = json.loads(diagnostics.LINES[0]) | {"message": hostile(rng)}
    secret = room_secret(MASTER, rng.choice((room, room, room, "another")))
    path = f"/diagnostics/v1/rooms/{quote(room, safe='')}"
    heard = await scene.post(path, json.dumps(line).encode(), f"Bearer {secret}")
    soundness.seen(heard.body)


KINDS = (
    *(command, command, submission, submission, answers, choice, suggestion),
    *(press, press, press, shortcut, files, odd, odd, webhook, diagnosed),
)
