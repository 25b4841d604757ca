"""Pressing buttons, choosing from menus, typing into them: in messages and views."""

from dataclasses import dataclass, replace
from typing import Any

from rehearsal.slack import elements, payloads
from rehearsal.slack.acts.outcome import Delivery, Stage, failed, note_refusal
from rehearsal.slack.delivery.envelope import Answer, Envelope
from rehearsal.slack.errors import SlackError, UserMistake
from rehearsal.slack.validation import require_options
from rehearsal.slack.views import OpenView

Json = dict[str, Any]

TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True)
class Press:
    """Which element, what is chosen in it, and whether the dialog was confirmed."""

    action_id: str
    block_id: str | None = None
    value: Any = None
    confirm: bool = False


@dataclass(frozen=True)
class Spot:
    """A message that a person looks at."""

    user: str
    channel: str
    message: Json


def spot(stage: Stage, user: str, ts: str, channel: str | None) -> Spot:
    """Find a message that a person really sees."""
    state = stage.state
    state.directory.actor(user)
    whispered = state.messages.ephemeral(user, ts)
    if whispered is not None:
        return Spot(user, whispered["channel"], whispered)
    found = state.messages.find(ts)
    if found is None or channel not in (None, found[0]):
        raise UserMistake(f"{user} sees no message {ts}")
    state.directory.here(user, found[0])
    return Spot(user, *found)


async def in_message(stage: Stage, where: Spot, press: Press) -> Delivery:
    """Press a button or choose in a message."""
    state, message = stage.state, where.message
    blocks = message.get("blocks", ())
    block, element = elements.find(blocks, press.action_id, press.block_id)
    if (asks := _asks(element, press)) is not None:
        return asks
    chosen = _chosen(stage, where.user, (where.message["ts"], element), press.value)
    _remember(stage, where, (block, element), chosen)
    payload = payloads.pressed_in_message(state, where.user, where.channel, message)
    payload["actions"] = [elements.action(block, element, chosen, state.ids.ts())]
    return await _delivered(stage, where.user, payload)


def _remember(
    stage: Stage, where: Spot, at: tuple[Json, Json], chosen: Json | None
) -> None:
    block, element = at
    key = (where.user, where.message["ts"])
    blocks = where.message.get("blocks", ())
    values = elements.values(blocks, stage.state.touched.get(key, {}))
    if chosen is not None and element["type"] in elements.STATE_KEYS:
        values[block["block_id"]][element["action_id"]] = chosen
    stage.state.touched[key] = values


async def in_view(stage: Stage, view: OpenView, press: Press) -> Delivery:
    """Press a button or choose in a view."""
    block, element = elements.find(view.view["blocks"], press.action_id, press.block_id)
    if (asks := _asks(element, press)) is not None:
        return asks
    chosen = _chosen(stage, view.user, (view.id, element), press.value)
    view = put(stage, view, (block, element), chosen)
    if block["type"] == "input" and not block.get("dispatch_action"):
        return Delivery()
    payload = payloads.pressed_in_view(stage.state, view)
    ts = stage.state.ids.ts()
    payload["actions"] = [elements.action(block, element, chosen, ts)]
    return await _delivered(stage, view.user, payload)


def put(
    stage: Stage, view: OpenView, at: tuple[Json, Json], chosen: Json | None
) -> OpenView:
    """Keep what a person put into an element of a view."""
    block, element = at
    if chosen is None or element["type"] not in elements.STATE_KEYS:
        return view
    inner = {**view.values[block["block_id"]], element["action_id"]: chosen}
    errors = {k: v for k, v in view.errors.items() if k != block["block_id"]}
    values = {**view.values, block["block_id"]: inner}
    return stage.state.views.put(replace(view, values=values, errors=errors))


async def suggest(
    stage: Stage, user: str, where: Spot | OpenView, typed: tuple[Press, str]
) -> list[Json]:
    """Type into an external select and give what the app suggests."""
    press, text = typed
    shown = where.message if isinstance(where, Spot) else where.view
    blocks = shown.get("blocks", ())
    block, element = elements.find(blocks, press.action_id, press.block_id)
    if element["type"] not in ("external_select", "multi_external_select"):
        raise UserMistake(f"{press.action_id} does not ask the app for options")
    if len(text) < element.get("min_query_length", 3):
        return []
    options = await _asked(stage, user, where, (block, element, text))
    home = where.message["ts"] if isinstance(where, Spot) else where.id
    stage.state.offered[(user, home, element["action_id"])] = options
    return options


async def _asked(
    stage: Stage, user: str, where: Spot | OpenView, asks: tuple[Json, Json, str]
) -> list[Json]:
    block, element, text = asks
    state = stage.state
    here = (
        payloads.in_message(state, user, where.channel, where.message)
        if isinstance(where, Spot)
        else payloads.in_view(where)
    )
    ids = {"action_id": element["action_id"], "block_id": block["block_id"]}
    begins = payloads.interaction(state, "block_suggestion", user)
    payload = {**begins, **here, **ids, "value": text}
    answer = await stage.courier.deliver(Envelope("interactive", payload))
    return _options(stage, user, answer)


def _options(stage: Stage, user: str, answer: Answer) -> list[Json]:
    body = answer.body if isinstance(answer.body, dict) else {}
    try:
        if not answer.ok:
            raise SlackError(answer.reason)
        require_options(body)
    except SlackError as error:
        if answer.ok:
            note_refusal(stage, "block_suggestion", answer, error.code)
        stage.state.notice(user, "Sorry, the options could not be loaded.")
        return []
    grouped = [o for g in body.get("option_groups") or () for o in g["options"]]
    return [*(body.get("options") or ()), *grouped]


def _asks(element: Json, press: Press) -> Delivery | None:
    dialog = element.get("confirm")
    if dialog is None or press.confirm:
        return None
    return Delivery("confirm", confirm=dialog)


def _chosen(
    stage: Stage, user: str, at: tuple[str, Json], value: object
) -> Json | None:
    home, element = at
    if element["type"] in ("button", "icon_button"):
        if value is not None and value != element.get("value"):
            raise UserMistake(f"no button here has the value {value!r}")
        return None
    offered = stage.state.offered.get((user, home, element["action_id"]), [])
    return elements.pick(element, value, offered)


async def _delivered(stage: Stage, user: str, payload: Json) -> Delivery:
    answer = await stage.courier.deliver(Envelope("interactive", payload))
    if answer.ok:
        return Delivery(status=answer.status, took=answer.took)
    said = f"This app responded with Status Code {answer.status}."
    if answer.status is None:
        said = "This app did not respond." if answer.timed_out else TROUBLE
    return failed(stage, user, answer, said)
