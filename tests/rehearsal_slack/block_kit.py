"""Small Block Kit pieces that these tests share."""

DIVIDER = {"type": "divider"}


def text(words: str) -> dict:
    return {"type": "plain_text", "text": words}


def button(action_id: str, value: str = "1", **more) -> dict:
    made = {"type": "button", "action_id": action_id, "value": value}
    return {**made, "text": text(action_id), **more}


def actions(*elements, block_id: str = "row") -> dict:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def option(value: str) -> dict:
    return {"text": text(value), "value": value}


def field(block_id: str, element: dict, **more) -> dict:
    made = {"type": "input", "block_id": block_id, "label": text(block_id)}
    return {**made, "element": element, **more}


def words(action_id: str = "words", **more) -> dict:
    return {"type": "plain_text_input", "action_id": action_id, **more}


def modal(*blocks, callback_id: str = "form", **more) -> dict:
    made = {"type": "modal", "callback_id": callback_id, "title": text("Form")}
    return {**made, "submit": text("Send"), "blocks": list(blocks) or [DIVIDER], **more}
