"""Block Kit read as Slack reads it: elements, their state, what a choice becomes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rehearsal.slack.clock import Ids
from rehearsal.slack.errors import UserMistake

Json = dict[str, Any]

# Where an element of this type keeps what a person chose (docs.slack.dev, the
# reference of each element; read 2026). A button keeps nothing.
STATE_KEYS = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "file_input": "files",
}

INITIAL_KEYS = {
    "value": "initial_value",
    "rich_text_value": "initial_value",
    "files": "initial_files",
}

LISTS = (
    "selected_options",
    "selected_users",
    "selected_conversations",
    "selected_channels",
    "files",
)  # fmt: skip -- one table, two lines


def elements(blocks: Iterable[Json]) -> Iterator[tuple[Json, Json]]:
    """Give every interactive element with the block that holds it."""
    for block in blocks:
        for element in _held(block):
            if isinstance(element, dict) and "action_id" in element:
                yield block, element
        yield from elements(block.get("child_blocks", ()))
        yield from elements(_cards(block))


def _held(block: Json) -> Iterator[Any]:
    for key in ("accessory", "element"):
        if key in block:
            yield block[key]
    for key in ("elements", "actions"):
        yield from block.get(key) or ()


def _cards(block: Json) -> list[Json]:
    return list(block.get("elements", ())) if block.get("type") == "carousel" else []


def find(
    blocks: Iterable[Json], action_id: str, block_id: str | None
) -> tuple[Json, Json]:
    """Find an element that is really there, else a UserMistake."""
    for block, element in elements(blocks):
        if element["action_id"] == action_id and block_id in (None, block["block_id"]):
            return block, element
    where = f" in block {block_id}" if block_id else ""
    raise UserMistake(f"there is no element {action_id}{where} to press")


def initial(element: Json) -> Json | None:
    """Give the state of an untouched element, or None if it keeps none."""
    kind = element["type"]
    key = STATE_KEYS.get(kind)
    if key is None:
        return None
    begins = INITIAL_KEYS.get(key, key.replace("selected", "initial"))
    return {"type": kind, key: element.get(begins, [] if key in LISTS else None)}


Values = dict[str, dict[str, Json]]


def values(blocks: Iterable[Json], known: Mapping[str, Mapping[str, Json]]) -> Values:
    """Give `state.values`: what is known of the elements there are, else their start.

    An element keeps what a person put in as long as block_id, action_id and type
    stay, whatever its initial value becomes.
    """
    out: Values = {}
    for block, element in elements(blocks):
        begun = initial(element)
        if begun is None:
            continue
        kept = known.get(block["block_id"], {}).get(element["action_id"])
        same = kept is not None and kept.get("type") == begun["type"]
        state = kept if same and kept is not None else begun
        out.setdefault(block["block_id"], {})[element["action_id"]] = state
    return out


def options(element: Json) -> list[Json]:
    """Give the options that an element itself carries."""
    listed = list(element.get("options") or ())
    for group in element.get("option_groups") or ():
        listed += group.get("options", [])
    return listed


def pick(element: Json, value: object, offered: Iterable[Json] = ()) -> Json:
    """Give the element's state after a person chose or typed `value`.

    Options are named by their value, or given whole; they must be among the
    element's own or among those just `offered` (external selects).
    """
    kind = element["type"]
    key = STATE_KEYS.get(kind, "selected_option" if kind == "overflow" else None)
    if key is None:
        raise UserMistake(f"a {kind} cannot hold a value")
    known = [*options(element), *offered]
    if key == "selected_option":
        return {"type": kind, key: None if value is None else _option(known, value)}
    if key == "selected_options":
        return {"type": kind, key: [_option(known, v) for v in _listed(value)]}
    if key in LISTS:
        return {"type": kind, key: _listed(value)}
    return {"type": kind, key: value}


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _option(known: list[Json], value: object) -> Json:
    wanted = value.get("value") if isinstance(value, dict) else value
    for option in known:
        if option.get("value") == wanted:
            return option
    raise UserMistake(f"{wanted!r} is not among the options")


def action(block: Json, element: Json, state: Json | None, ts: str) -> Json:
    """Give one item of a block_actions payload's `actions`."""
    made = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": ts,
    }
    copied = ("text", "value", "style", "placeholder")
    keeps = {} if state is None else {k: v for k, v in state.items() if k != "type"}
    return {**{k: element[k] for k in copied if k in element}, **keeps, **made}


def normalised(blocks: Iterable[Json], ids: Ids) -> list[Json]:
    """Give blocks as Slack stores them: every id present, text objects completed."""
    return [_with_ids(_completed(block), ids) for block in blocks]


def _with_ids(block: Json, ids: Ids) -> Json:
    made = {**block, "block_id": block.get("block_id") or ids.short()}
    for key in ("accessory", "element"):
        if key in made:
            made[key] = _named(made[key], ids)
    for key in ("elements", "actions"):
        if key in made:
            made[key] = [_named(each, ids) for each in made[key]]
    if "child_blocks" in made:
        made["child_blocks"] = [_with_ids(each, ids) for each in made["child_blocks"]]
    return made


def _named(element: Json, ids: Ids) -> Json:
    interactive = element.get("type") in STATE_KEYS or element.get("type") in (
        "button",
        "overflow",
        "icon_button",
        "feedback_buttons",
    )
    if not interactive or element.get("action_id"):
        return element
    return {**element, "action_id": ids.short()}


def _completed(value: Any) -> Any:  # noqa: ANN401 -- JSON of any shape
    if isinstance(value, list):
        return [_completed(each) for each in value]
    if not isinstance(value, dict):
        return value
    made = {key: _completed(each) for key, each in value.items()}
    if made.get("type") == "plain_text":
        return {"emoji": True, **made}
    if made.get("type") == "mrkdwn":
        return {"verbatim": False, **made}
    return made
