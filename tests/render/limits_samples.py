"""Payloads that Slack takes: one of every block, element and object that is known."""

PLAIN = {"type": "plain_text", "text": "Plain", "emoji": True}
MRKDWN = {"type": "mrkdwn", "text": "*Bold*", "verbatim": True}
CONFIRM = {
    "title": PLAIN,
    "text": MRKDWN,
    "confirm": PLAIN,
    "deny": PLAIN,
    "style": "danger",
}
OPTION = {"text": PLAIN, "value": "v", "description": PLAIN}
OTHER = {"text": PLAIN, "value": "w"}
FILTER = {"include": ["im", "public"], "exclude_bot_users": True}
DISPATCH = {"trigger_actions_on": ["on_enter_pressed"]}
IMAGE = {"type": "image", "image_url": "https://e.org/i.png", "alt_text": "an image"}

BUTTON = {
    "type": "button",
    "text": PLAIN,
    "action_id": "button",
    "value": "v",
    "url": "https://e.org",
    "style": "primary",
    "confirm": CONFIRM,
    "accessibility_label": "what it does",
}
STATIC = {
    "type": "static_select",
    "action_id": "static",
    "placeholder": PLAIN,
    "options": [OPTION, OTHER],
    "initial_option": OPTION,
}
CHOSEN = [
    STATIC,
    {
        "type": "external_select",
        "action_id": "external",
        "min_query_length": 0,
        "initial_option": OPTION,
    },
    {"type": "users_select", "action_id": "users", "initial_user": "U1"},
    {
        "type": "conversations_select",
        "action_id": "conversations",
        "default_to_current_conversation": True,
        "response_url_enabled": False,
        "filter": FILTER,
        "initial_conversation": "C1",
    },
    {
        "type": "radio_buttons",
        "action_id": "radio",
        "options": [OPTION, {"text": MRKDWN, "value": "m"}],
        "initial_option": OPTION,
    },
    {
        "type": "checkboxes",
        "action_id": "boxes",
        "options": [OPTION, OTHER],
        "initial_options": [OTHER],
    },
    {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-23"},
]
MULTI = [
    {
        "type": "multi_static_select",
        "action_id": "several",
        "option_groups": [{"label": PLAIN, "options": [OPTION]}],
        "initial_options": [OPTION],
        "max_selected_items": 2,
    },
    {"type": "multi_external_select", "action_id": "x", "initial_options": [OPTION]},
    {"type": "multi_users_select", "action_id": "u", "initial_users": ["U1"]},
    {
        "type": "multi_conversations_select",
        "action_id": "c",
        "initial_conversations": ["C1"],
        "filter": FILTER,
    },
]
OVERFLOW = {
    "type": "overflow",
    "action_id": "more",
    "options": [{"text": PLAIN, "value": "v", "url": "https://e.org"}],
}
TYPED = [
    {
        "type": "plain_text_input",
        "action_id": "text",
        "multiline": True,
        "min_length": 1,
        "max_length": 20,
        "initial_value": "abc",
        "placeholder": PLAIN,
        "focus_on_load": True,
        "dispatch_action_config": DISPATCH,
    },
    {
        "type": "number_input",
        "action_id": "number",
        "is_decimal_allowed": True,
        "initial_value": "1.5",
        "min_value": "-2",
    },
    {"type": "url_text_input", "action_id": "url", "initial_value": "https://e.org"},
    {"type": "email_text_input", "action_id": "email", "initial_value": "a@e.org"},
]
FILE = {
    "type": "file_input",
    "action_id": "file",
    "filetypes": ["log"],
    "max_files": 3,
}


def rich(*elements):
    return {"type": "rich_text", "elements": list(elements)}


def line(*parts):
    return {"type": "rich_text_section", "elements": list(parts)}


TEXT = {"type": "text", "text": "words", "style": {"bold": True}}
RICH = rich(
    line(
        TEXT,
        {"type": "link", "url": "https://e.org", "text": "a link"},
        {"type": "emoji", "name": "wave", "skin_tone": 2},
        {"type": "user", "user_id": "U1", "style": {"highlight": True}},
        {"type": "usergroup", "usergroup_id": "S1"},
        {"type": "channel", "channel_id": "C1"},
        {"type": "team", "team_id": "T1"},
        {"type": "broadcast", "range": "here"},
        {"type": "color", "value": "#fff"},
        {"type": "date", "timestamp": 1, "format": "{time}", "fallback": "then"},
    ),
    {
        "type": "rich_text_list",
        "style": "bullet",
        "indent": 1,
        "offset": 0,
        "border": 1,
        "elements": [line(TEXT)],
    },
    {"type": "rich_text_preformatted", "border": 0, "elements": [TEXT]},
    {"type": "rich_text_quote", "elements": [TEXT]},
)
TASK = {
    "type": "task_card",
    "task_id": "t1",
    "title": "Look",
    "status": "in_progress",
    "details": rich(line(TEXT)),
    "output": rich(line(TEXT)),
    "sources": [{"type": "url", "url": "https://e.org", "text": "a page"}],
}
TABLE = {
    "type": "table",
    "rows": [[{"type": "raw_text", "text": "Check"}, rich(line(TEXT))]],
    "column_settings": [{"is_wrapped": True}, None, {"align": "right"}],
}
VIDEO = {
    "type": "video",
    "alt_text": "a film",
    "title": PLAIN,
    "thumbnail_url": "https://e.org/t.png",
    "video_url": "https://e.org/v",
    "author_name": "A",
    "description": PLAIN,
    "provider_name": "P",
}


def ask(element):
    return {"type": "input", "label": PLAIN, "element": element, "hint": PLAIN}


EVERYWHERE = [
    {"type": "header", "text": PLAIN, "block_id": "top"},
    {"type": "section", "text": MRKDWN, "fields": [MRKDWN, PLAIN], "expand": True},
    *({"type": "section", "text": PLAIN, "accessory": e} for e in [IMAGE, *MULTI]),
    {"type": "context", "elements": [IMAGE, MRKDWN, PLAIN]},
    {"type": "divider"},
    {"type": "actions", "elements": [BUTTON, OVERFLOW, *CHOSEN]},
    {**IMAGE, "title": PLAIN},
    {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "an upload"},
    RICH,
    VIDEO,
    *(ask(element) for element in [*CHOSEN, *MULTI, *TYPED]),
]
MESSAGE = {
    "text": "what this is about",
    "thread_ts": "1503435956.000247",
    "metadata": {"event_type": "triage_card", "event_payload": {"incident": 7}},
    "blocks": [
        *EVERYWHERE,
        {"type": "markdown", "text": "# Title"},
        {"type": "plan", "title": "Runbook", "tasks": [{**TASK, "status": "pending"}]},
        TASK,
        TABLE,
    ],
}
MODAL = {
    "type": "modal",
    "title": PLAIN,
    "submit": PLAIN,
    "close": PLAIN,
    "callback_id": "open",
    "private_metadata": "{}",
    "external_id": "e1",
    "clear_on_close": True,
    "notify_on_close": True,
    "submit_disabled": False,
    "blocks": [
        *EVERYWHERE,
        {"type": "alert", "text": PLAIN, "level": "warning"},
        ask(FILE),
    ],
}
HOME = {
    "type": "home",
    "callback_id": "home",
    "private_metadata": "x",
    "blocks": [*EVERYWHERE, TABLE],
}
