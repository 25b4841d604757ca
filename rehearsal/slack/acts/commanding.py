"""Slash commands, and what their answers show."""

from typing import Any

from rehearsal.slack.acts.outcome import Delivery, Stage, failed, note_refusal
from rehearsal.slack.acts.typed import as_sent
from rehearsal.slack.delivery.envelope import Answer, Envelope
from rehearsal.slack.errors import SlackError
from rehearsal.slack.payloads import command as command_payload
from rehearsal.slack.validation import require_message
from rehearsal.slack.web_api.chat import announce_message, bot_message

Json = dict[str, Any]

REASONS = {
    "http_timeout": "operation_timeout",
    "http_error": "http_service_error",
    "connection_failed": "dispatch_failed",
}


async def command(
    stage: Stage, user: str, channel: str, words: tuple[str, str], *, thread: bool
) -> Delivery:
    """Type a slash command; `words` are the command and its text."""
    state = stage.state
    state.directory.actor(user)
    place = state.directory.here(user, channel)
    name, text = words
    if name not in state.settings.app.commands:
        return _refused(stage, user, f"{name} is not a valid command.")
    if thread:
        said = f"{name} is not supported in threads. Sorry!"
        return _refused(stage, user, said)
    if state.settings.app.should_escape:
        text = as_sent(text, state.directory, named=True)
    payload = command_payload(state, user, place, (name, text))
    answer = await stage.courier.deliver(Envelope("slash_commands", payload))
    if not answer.ok:
        said = f"{name} failed with the error {REASONS[answer.reason]}"
        return failed(stage, user, answer, said)
    return _shown(stage, payload, answer)


def _refused(stage: Stage, user: str, text: str) -> Delivery:
    return Delivery("refused", notice=stage.state.notice(user, text))


def _shown(stage: Stage, payload: Json, answer: Answer) -> Delivery:
    if not answer.body:
        return Delivery(status=answer.status, took=answer.took)
    body = {"text": answer.body} if isinstance(answer.body, str) else answer.body
    try:
        require_message(body)
    except SlackError as error:
        name = payload["command"]
        note_refusal(stage, name, answer, error.code)
        said = f"{name} failed with the error invalid_command_response"
        return failed(stage, payload["user_id"], answer, said)
    message = _placed(stage, payload, body)
    return Delivery(status=answer.status, message=message, took=answer.took)


def _placed(stage: Stage, payload: Json, body: Json) -> Json:
    state, channel = stage.state, payload["channel_id"]
    made = bot_message(state, body)
    secret = payload["response_url"].rpartition("/")[2]
    if body.get("response_type") == "in_channel":
        message = state.messages.add(channel, made)
        announce_message(state, channel, message)
    else:
        said = {**made, "channel": channel}
        message = state.messages.whisper(payload["user_id"], said)
    state.hooks.point(secret, message["ts"])
    return message
