"""Global and message shortcuts, and opening the app's home."""

from rehearsal.slack import payloads
from rehearsal.slack.acts.outcome import Delivery, Stage, failed
from rehearsal.slack.acts.pressing import TROUBLE, Spot
from rehearsal.slack.delivery.envelope import Envelope


async def from_anywhere(stage: Stage, user: str, callback_id: str) -> Delivery:
    """Start a global shortcut."""
    stage.state.directory.actor(user)
    payload = payloads.shortcut(stage.state, user, callback_id)
    return await _delivered(stage, user, payload)


async def from_message(stage: Stage, where: Spot, callback_id: str) -> Delivery:
    """Start a shortcut from a message's menu."""
    place = (where.channel, where.message)
    payload = payloads.message_shortcut(stage.state, where.user, place, callback_id)
    return await _delivered(stage, where.user, payload)


def open_home(stage: Stage, user: str) -> None:
    """Open the app's home tab; the app hears of it if it subscribed."""
    state = stage.state
    state.directory.actor(user)
    home = state.views.home(user)
    event: payloads.Json = {
        "type": "app_home_opened",
        "user": user,
        "channel": state.directory.direct(user).id,
        "tab": "home",
        "event_ts": state.ids.ts(),
    }
    if home is not None:
        event["view"] = home.stated()
    state.announce(event, None)


async def _delivered(stage: Stage, user: str, payload: payloads.Json) -> Delivery:
    answer = await stage.courier.deliver(Envelope("interactive", payload))
    if not answer.ok:
        return failed(stage, user, answer, TROUBLE)
    return Delivery(status=answer.status, took=answer.took)
