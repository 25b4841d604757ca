"""What the app sends to a response URL."""

from typing import Any

from aiohttp import web

from rehearsal.slack.errors import SlackError
from rehearsal.slack.faults import DropAfter, DropBefore, has
from rehearsal.slack.journal import Entry
from rehearsal.slack.state import State
from rehearsal.slack.tickets import Hook
from rehearsal.slack.validation import require_message
from rehearsal.slack.web_api.chat import announce_message, bot_message, changed
from rehearsal.slack.web_api.router import broken, refused

Json = dict[str, Any]


class Replies:
    """Serves response URLs."""

    def __init__(self, state: State) -> None:
        """Serve this state's hooks."""
        self._state = state

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take one reply (an aiohttp handler)."""
        effects = self._state.faults.take("response_url")
        if has(effects, DropBefore):
            return broken(request)
        response = refused(effects) or await self._answered(request)
        return broken(request) if has(effects, DropAfter) else response

    async def _answered(self, request: web.Request) -> web.Response:
        began = self._state.clock.now()
        body = await _body(request)
        status, answer = 200, {"ok": True}
        try:
            self._reply(request.match_info["secret"], body)
        except SlackError as error:
            status, answer = 404, error.body()
        outcome = "ok" if status == 200 else str(answer["error"])  # noqa: PLR2004 -- HTTP's own number
        kind = "response_url"
        entry = Entry(kind, kind, body, outcome, status, answer, began)
        self._state.journal.record(entry)
        return web.json_response(answer, status=status)

    def _reply(self, secret: str, body: Json) -> None:
        hook = self._state.hooks.use(secret)
        if body.get("delete_original"):
            self._delete(hook)
            return
        require_message(body)
        if body.get("replace_original") and hook.ts is not None:
            self._replace(hook, body)
        else:
            self._say(secret, hook, body)

    def _delete(self, hook: Hook) -> None:
        messages = self._state.messages
        if hook.ts is None:
            raise SlackError("message_not_found")
        if messages.ephemeral(hook.user, hook.ts) is not None:
            messages.dismiss(hook.user, hook.ts)
        elif messages.get(hook.channel, hook.ts) is not None:
            messages.remove(hook.channel, hook.ts)

    def _replace(self, hook: Hook, body: Json) -> None:
        messages, ts = self._state.messages, hook.ts or ""
        whispered = messages.ephemeral(hook.user, ts)
        if whispered is not None:
            made = bot_message(self._state, body)
            kept = {k: whispered[k] for k in _PLACE if k in whispered}
            messages.rewhisper(hook.user, {**made, **kept})
            return
        was = messages.get(hook.channel, ts)
        if was is None:
            raise SlackError("message_not_found")
        whole = {"blocks": [], **body}
        messages.replace(hook.channel, changed(self._state, was, whole))

    def _say(self, secret: str, hook: Hook, body: Json) -> None:
        made = bot_message(self._state, body)
        thread = body.get("thread_ts")
        if thread:
            made["thread_ts"] = thread
        if body.get("response_type") == "in_channel":
            message = self._state.messages.add(hook.channel, made)
            announce_message(self._state, hook.channel, message)
        else:
            said = {**made, "channel": hook.channel}
            message = self._state.messages.whisper(hook.user, said)
        if hook.ts is None:
            self._state.hooks.point(secret, message["ts"])


_PLACE = ("type", "ts", "channel", "thread_ts", "ephemeral", "is_ephemeral")


async def _body(request: web.Request) -> Json:
    if request.content_type == "application/json":
        parsed = await request.json()
        return parsed if isinstance(parsed, dict) else {}
    return {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
