"""conversations.*: the channels, their members and what was said."""

from decimal import Decimal, InvalidOperation
from typing import Any

from rehearsal.slack.errors import SlackError
from rehearsal.slack.payloads import as_stored
from rehearsal.slack.settings import Channel
from rehearsal.slack.state import State
from rehearsal.slack.web_api.method import Call, Method, Methods, page

Json = dict[str, Any]


def shown(state: State, channel: Channel) -> Json:
    """Give a channel as the Web API shows it."""
    plain = not channel.is_im and not channel.is_private
    made: Json = {
        "id": channel.id,
        "created": 1,
        "is_archived": channel.is_archived,
        "is_channel": plain,
        "is_group": channel.is_private and not channel.is_im,
        "is_im": channel.is_im,
        "is_mpim": False,
        "is_private": channel.is_private or channel.is_im,
        "is_member": state.directory.bot_in(channel),
        "is_general": channel.name == "general",
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "context_team_id": state.settings.team_id,
    }
    if channel.is_im:
        return {**made, "user": channel.members[0]}
    topic = {"value": channel.topic, "creator": "", "last_set": 0}
    named = {"name": channel.name, "name_normalized": channel.name, "topic": topic}
    purpose = {"value": "", "creator": "", "last_set": 0}
    return {**made, **named, "purpose": purpose, "num_members": len(channel.members)}


def info(state: State, call: Call) -> Json:
    """Describe one channel."""
    found = state.directory.seen(call.text("channel", ""))
    described = shown(state, found)
    if not call.flag("include_num_members"):
        described.pop("num_members", None)
    return {"ok": True, "channel": described}


def listed(state: State, call: Call) -> Json:
    """List the channels that the app may see, by default the public ones."""
    kinds = str(call.arguments.get("types") or "public_channel").split(",")
    archived = call.flag("exclude_archived")
    found = [
        shown(state, c)
        for c in state.directory.channels.values()
        if _kind(c) in kinds
        and (state.directory.bot_in(c) or not c.is_private)
        and not (archived and c.is_archived)
    ]
    return _bare(page(found, call, "channels"))


def _kind(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


def _bare(paged: Json) -> Json:
    return {"ok": True, **{k: v for k, v in paged.items() if k != "has_more"}}


def members(state: State, call: Call) -> Json:
    """List the members of a channel."""
    found = state.directory.seen(call.text("channel", ""))
    everyone: list[Any] = list(found.members)
    return _bare(page(everyone, call, "members"))


def history(state: State, call: Call) -> Json:
    """Give what a channel shows, the newest first."""
    channel = state.directory.joined(call.text("channel", ""))
    told = _between(state.messages.top(channel.id), call)
    return {"ok": True, "pin_count": 0, **_page_of(list(reversed(told)), call)}


def replies(state: State, call: Call) -> Json:
    """Give a thread, the parent first, then the oldest reply."""
    channel = state.directory.joined(call.text("channel", ""))
    ts = call.text("ts", "")
    found = state.messages.get(channel.id, ts)
    if found is None:
        raise SlackError("thread_not_found")
    thread = state.messages.thread(channel.id, found.get("thread_ts", ts))
    told = [thread[0], *_between(thread[1:], call)]
    return {"ok": True, **_page_of(told, call)}


def _page_of(told: list[Json], call: Call) -> Json:
    full = call.flag("include_all_metadata")
    paged = page(told, call, "messages")
    if not paged["has_more"]:
        del paged["response_metadata"]
    paged["messages"] = [m if full else as_stored(m) for m in paged["messages"]]
    return paged


def _between(told: list[Json], call: Call) -> list[Json]:
    oldest = _moment(call, "oldest", "0")
    latest = _moment(call, "latest", "99999999999")
    inclusive = call.flag("inclusive")
    return [
        m
        for m in told
        if _within(Decimal(m["ts"]), oldest, latest, inclusive=inclusive)
    ]


def _within(ts: Decimal, oldest: Decimal, latest: Decimal, *, inclusive: bool) -> bool:
    return oldest < ts < latest or (inclusive and ts in (oldest, latest))


def _moment(call: Call, name: str, fallback: str) -> Decimal:
    try:
        return Decimal(str(call.arguments.get(name) or fallback))
    except InvalidOperation:
        raise SlackError(f"invalid_ts_{name}") from None


def join(state: State, call: Call) -> Json:
    """Let the bot become a member of a public channel."""
    found = state.directory.seen(call.text("channel", ""))
    if found.is_private or found.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    if found.is_archived:
        raise SlackError("is_archived")
    joined = state.directory.join(found.id, state.settings.app.bot_user_id)
    return {"ok": True, "channel": shown(state, joined)}


def open_direct(state: State, call: Call) -> Json:
    """Open the direct conversation with one person."""
    person = state.directory.person(call.text("users", ""))
    found = state.directory.direct(person.id)
    return {"ok": True, "channel": {"id": found.id}}


READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")

# Tiers: docs.slack.dev/reference/methods, each method's page, read 2026.
METHODS: Methods = {
    "conversations.info": Method(info, READ, 3),
    "conversations.list": Method(listed, READ, 2),
    "conversations.members": Method(members, READ, 4),
    "conversations.history": Method(history, HISTORY, 3),
    "conversations.replies": Method(replies, HISTORY, 3),
    "conversations.join": Method(join, ("channels:join",), 3),
    "conversations.open": Method(open_direct, ("im:write",), 3),
}
