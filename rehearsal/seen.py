"""What a person sees of an incident in the simulated Slack: texts and buttons."""

import html
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rehearsal.slack import Workspace

Json = Mapping[str, Any]
LOUD = "The glass is broken"
"""How a message begins that stands in the channel and is no card."""
FILES = "Files:"
"""How the message on the files begins."""


@dataclass(frozen=True)
class Button:
    """A button in a message, as it can be pressed."""

    ts: str
    action_id: str
    block_id: str
    value: str
    label: str


@dataclass(frozen=True)
class Sight:
    """One incident in one channel, read from its messages alone."""

    workspace: Workspace
    channel: str
    about: str = ""
    """Words by which its card is known among others; empty: the newest card."""

    def card(self) -> Json | None:
        """Return the newest message in the channel that the app wrote about it."""
        said = [m for m in self.workspace.messages(self.channel) if m.get("bot_id")]
        ours = [m for m in said if not str(m["text"]).startswith(LOUD)]
        fit = [m for m in ours if self.about.lower() in str(m["text"]).lower()]
        return fit[-1] if fit else None

    def thread(self) -> Sequence[Json]:
        """Return the card and the app's messages below it, oldest first."""
        card = self.card()
        if card is None:
            return ()
        return self.workspace.messages(self.channel, str(card["ts"]))

    def summary(self) -> Json | None:
        """Return the summary that was posted last, if one was."""
        said = [m for m in self.thread()[1:] if "summary is here" in told(m)]
        return said[-1] if said else None

    def evidence(self) -> Sequence[str]:
        """Return what the message on files says: how many there are, then of each."""
        about = [m for m in self.thread() if str(m["text"]).startswith(FILES)]
        blocks = about[-1].get("blocks", []) if about else []
        return [" ".join(_texts(b)) for b in blocks if b.get("type") == "section"]

    def comparison(self, names: Collection[str]) -> str | None:
        """Return what comparing showed these files and others, once they were."""
        compared = [line for line in self.evidence() if " compared: " in line]
        fit = (line for line in compared if all(f"`{one}`" in line for one in names))
        return next((plain(line).replace("`", "") for line in fit), None)

    def buttons(self) -> list[Button]:
        """Return every button that can be pressed now."""
        return [button for message in self.thread() for button in _buttons(message)]

    def button(self, label: str, text: str = "") -> Button | None:
        """Return the first button whose label begins so, in a message that says so."""
        for message in self.thread():
            if text and text not in told(message):
                continue
            for button in _buttons(message):
                if button.label.startswith(label):
                    return button
        return None

    def step(self, number: int) -> Json | None:
        """Return the newest message about the step of that number."""
        beginning = f"Step {number} of"
        about = [m for m in self.thread() if _is_about(m, beginning)]
        return about[-1] if about else None

    def step_buttons(self, number: int) -> list[Button]:
        """Return what can be pressed below the step now."""
        message = self.step(number)
        return list(_buttons(message)) if message else []

    def step_button(self, number: int, label: str) -> Button | None:
        """Return a button of the step, or None if it has none such now."""
        return next((b for b in self.step_buttons(number) if b.label == label), None)


def told(message: Json) -> str:
    """Return all text of a message's blocks, and its fallback."""
    return " ".join([str(message.get("text", "")), *_texts(message.get("blocks", []))])


def _is_about(message: Json, beginning: str) -> bool:
    """Say whether a step's message begins so; the proposal says it in its blocks."""
    text = str(message.get("text", ""))
    if text.startswith("Step "):
        return text.startswith(beginning)
    return text.startswith("Proposed") and beginning in told(message)


def plain(text: str) -> str:
    """Return Slack's markup as a person reads it: no signs, no escapes."""
    return " ".join(html.unescape(_SIGNS.sub("", text)).replace("*", "").split())


_SIGNS = re.compile(r":[a-z_]+:")


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def _buttons(message: Json) -> Iterator[Button]:
    for block in message.get("blocks", []):
        for element in _elements(block):
            if element.get("type") == "button":
                yield Button(
                    ts=str(message["ts"]),
                    action_id=element["action_id"],
                    block_id=block.get("block_id", ""),
                    value=element.get("value", ""),
                    label=element["text"]["text"],
                )


def _elements(block: Json) -> Sequence[Json]:
    """Return what can be pressed in a block: a row of buttons, or one at its side."""
    if block.get("type") == "actions":
        return list(block.get("elements", []))
    return [block["accessory"]] if "accessory" in block else []
