"""Filling a modal, submitting it, closing it, and what the app's answer does."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rehearsal.slack import elements, payloads
from rehearsal.slack.acts.outcome import Delivery, Stage, failed, note_refusal
from rehearsal.slack.acts.pressing import TROUBLE, put
from rehearsal.slack.delivery.envelope import Answer, Envelope
from rehearsal.slack.errors import SlackError, UserMistake
from rehearsal.slack.validation import require_view
from rehearsal.slack.views import OpenView

Json = dict[str, Any]

REQUIRED = "Please complete this required field."


def seen(stage: Stage, user: str | None, view_id: str) -> OpenView:
    """Find a view that a person really has before them."""
    view = stage.state.views.get(view_id)
    if view is None or user not in (None, view.user):
        raise UserMistake(f"{user or 'nobody'} has no view {view_id} open")
    return view


def fill(
    stage: Stage, view: OpenView, at: tuple[str | None, str | None], value: object
) -> OpenView:
    """Put something into an element, named by block_id, action_id or both."""
    block_id, action_id = at
    for block, element in elements.elements(view.view["blocks"]):
        if block_id in (None, block["block_id"]) and action_id in (
            None,
            element["action_id"],
        ):
            known = (view.user, view.id, element["action_id"])
            offered = stage.state.offered.get(known, [])
            chosen = elements.pick(element, value, offered)
            return put(stage, view, (block, element), chosen)
    raise UserMistake(f"there is no element {action_id or ''} in block {block_id}")


def keep(
    stage: Stage, view: OpenView, at: tuple[str, str], element_state: Json
) -> OpenView:
    """Keep an element's whole state, as a browser page sends it."""
    block_id, action_id = at
    block, element = elements.find(view.view["blocks"], action_id, block_id)
    if element_state.get("type") != element["type"]:
        raise UserMistake(f"{action_id} is a {element['type']}")
    return put(stage, view, (block, element), element_state)


async def submit(stage: Stage, view: OpenView) -> Delivery:
    """Press the modal's submit button."""
    if view.view["type"] != "modal" or not view.view["submit"]:
        raise UserMistake("this view has no submit button")
    missing = incomplete(view)
    if missing:
        stage.state.views.put(replace(view, errors=missing))
        return Delivery("errors", errors=missing)
    payload = payloads.submission(stage.state, view)
    answer = await stage.courier.deliver(Envelope("interactive", payload))
    if not answer.ok:
        return failed(stage, view.user, answer, TROUBLE)
    return _apply(stage, view, answer)


def incomplete(view: OpenView) -> dict[str, str]:
    """Give what Slack's own client finds wrong before the app is asked."""
    found = {}
    for block in view.view["blocks"]:
        if block["type"] == "input":
            state = view.values[block["block_id"]][block["element"]["action_id"]]
            said = _wrong(block, state)
            if said is not None:
                found[block["block_id"]] = said
    return found


def _wrong(block: Json, state: Json) -> str | None:
    element = block["element"]
    value = state.get(elements.STATE_KEYS[element["type"]])
    if value in (None, "", []):
        return None if block.get("optional") else REQUIRED
    if isinstance(value, str) and len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if isinstance(value, str) and len(value) > element.get("max_length", 3000):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    pattern = FORMS.get(element["type"])
    if pattern is not None and not pattern.fullmatch(str(value)):
        return "Please enter a valid value."
    return None


FORMS = {
    "number_input": re.compile(r"-?\d+(\.\d+)?"),
    "email_text_input": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "url_text_input": re.compile(r"https?://\S+"),
}


def _apply(stage: Stage, view: OpenView, answer: Answer) -> Delivery:
    body = answer.body
    if body is None:
        stage.state.views.close(view)
        return Delivery("closed", status=answer.status, took=answer.took)
    action = body.get("response_action") if isinstance(body, dict) else None
    act = ANSWERS.get(str(action))
    try:
        if act is None or not isinstance(body, dict):
            raise SlackError("invalid_response_action")
        done = act(stage, view, body)
    except SlackError as error:
        note_refusal(stage, "view_submission", answer, error.code)
        return failed(stage, view.user, answer, TROUBLE)
    return replace(done, status=answer.status, took=answer.took)


def _clear(stage: Stage, view: OpenView, _body: Json) -> Delivery:
    for each in reversed(stage.state.views.stack(view)):
        stage.state.views.close(each)
    return Delivery("closed")


def _update(stage: Stage, view: OpenView, body: Json) -> Delivery:
    new = _view(body)
    still = stage.state.views.get(view.id)
    if still is None:
        raise SlackError("not_found")
    stage.state.views.update(still, new)
    return Delivery("updated")


def _push(stage: Stage, view: OpenView, body: Json) -> Delivery:
    stage.state.views.open(view.user, _view(body), view)
    return Delivery("pushed")


def _errors(stage: Stage, view: OpenView, body: Json) -> Delivery:
    errors = body.get("errors")
    inputs = {b["block_id"] for b in view.view["blocks"] if b["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not inputs.issuperset(errors):
        raise SlackError("invalid_arguments")
    stage.state.views.put(replace(view, errors=errors))
    return Delivery("errors", errors=errors)


def _view(body: Json) -> Json:
    view = body.get("view")
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments")
    require_view(view)
    return view


ANSWERS: dict[str, Callable[[Stage, OpenView, Json], Delivery]] = {
    "clear": _clear,
    "update": _update,
    "push": _push,
    "errors": _errors,
}


async def close(stage: Stage, view: OpenView, *, every: bool = False) -> Delivery:
    """Close a modal (`every`: its whole stack, as the X of a pushed view does)."""
    every = every or bool(view.view["clear_on_close"])
    gone = stage.state.views.stack(view) if every else [view]
    for each in reversed(gone):
        stage.state.views.close(each)
    await _tell_closed(stage, gone, cleared=every)
    return Delivery("closed")


async def _tell_closed(stage: Stage, gone: list[OpenView], *, cleared: bool) -> None:
    for each in gone:
        if each.view["notify_on_close"]:
            payload = payloads.closed(stage.state, each, cleared=cleared)
            await stage.courier.deliver(Envelope("interactive", payload))
