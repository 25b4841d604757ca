"""A person at the keyboard of the simulated Slack: looks, types, presses, fills in.

When Slack says that the app did not answer, a person looks and tries again, until
their patience is at its end; so a bot that is killed and started again is played with
as a person would.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import BotError
from rehearsal.seen import Button
from rehearsal.slack import UserMistake, Workspace
from rehearsal.slack.acts.outcome import Delivery
from rehearsal.slack.workspace import PressOptions

PATIENCE = 45.0
"""Seconds that a person waits for something to appear, or tries, before giving up."""

GLANCE = 5.0
"""Seconds that a person waits for what should come at once, before they try again."""

PAUSE = 0.3
"""Seconds between two tries."""

NO_FORM = "no form opened"
"""Why a press for a form was in vain."""

Attempt = Callable[[], Awaitable[str | None]]
"""Returns None once it is done, else why it was not taken."""


class NotPlayed(BotError):  # noqa: N818  named for what is the case
    """The scenario could not be played to its end; the text says where it stopped."""


@dataclass(frozen=True)
class Seat:
    """One person in one channel."""

    workspace: Workspace
    channel: str
    user: str
    patience: float = PATIENCE
    pause: float = PAUSE

    async def until(self, there: Callable[[], object], what: str) -> None:
        """Wait until it is there; raise NotPlayed when patience is at its end."""
        try:
            await self.workspace.wait_for(there, self.patience)
        except TimeoutError:
            told = f"Waited {self.patience:g} s in vain for {what}."
            raise NotPlayed(told) from None

    async def insist(self, attempt: Attempt, what: str) -> None:
        """Try until it is taken; raise NotPlayed with the last reason at the end."""
        why: str | None = "nothing was tried"
        try:
            async with asyncio.timeout(self.patience):
                # Nobody tells when the bot will take it: that is what trying is for.
                while (why := await self._tried(attempt)) is not None:  # noqa: ASYNC110
                    await asyncio.sleep(self.pause)
        except TimeoutError:
            raise NotPlayed(f"{what} failed: {why or 'no answer'}.") from None

    async def type(
        self, text: str, done: Callable[[], object], *, wordless: bool = False
    ) -> None:
        """Type `/triage …` until the bot has taken it, or `done` shows that it has.

        When no answer came, it may have been taken all the same: then a person looks
        for a while before they type it again. `wordless`: words in answer mean that it
        could not be done.
        """

        async def attempt() -> str | None:
            if done():
                return None
            told = await self.workspace.command(
                self.user, self.channel, "/triage", text
            )
            if wordless and told.message:
                return str(told.message.get("text"))
            return None if await self._shows_late(told, done) else _why_not(told)

        await self.insist(attempt, f"/triage {text}".strip())

    async def _shows_late(self, told: Delivery, done: Callable[[], object]) -> bool:
        """Look for a while whether it was done though no answer came."""
        if told.ok or told.status is not None:
            return False
        with contextlib.suppress(TimeoutError):
            await self.workspace.wait_for(done, min(GLANCE, self.patience))
        return bool(done())

    async def press(
        self, find: Callable[[], Button | None], what: str
    ) -> dict[str, Any] | None:
        """Press a button; return the dialog that asked first, if one did.

        A press whose answer is lost is tried again as long as the button is there.
        """
        await self.until(find, f"{what} to be there")
        dialogs: list[dict[str, Any]] = []

        async def attempt() -> str | None:
            button = find()
            if button is None:
                return None
            told = await self._pressed(button, sure=False)
            if told.outcome == "confirm" and told.confirm:
                dialogs.append(told.confirm)
                told = await self._pressed(button, sure=True)
            return _why_not(told)

        await self.insist(attempt, what)
        return dialogs[0] if dialogs else None

    async def press_for_form(
        self, find: Callable[[], Button | None], what: str
    ) -> None:
        """Press a button until its form is open; Slack may not let the bot open it."""

        async def attempt() -> str | None:
            await self.press(find, what)
            return None if await self.form_opens() else NO_FORM

        await self.insist(attempt, what)

    async def form_opens(self) -> bool:
        """Wait a moment for the form that was asked for; say whether it is there."""
        with contextlib.suppress(TimeoutError):
            await self.workspace.wait_for(
                lambda: self.workspace.views(self.user), GLANCE
            )
        return bool(self.workspace.views(self.user))

    def told(self) -> Sequence[str]:
        """Return what only this person was told, oldest first."""
        said = self.workspace.ephemerals(self.user)
        return [str(message.get("text", "")) for message in said]

    async def choose(self, name: str, value: str) -> None:
        """Type into a select of the form and take what it offers for that."""
        workspace = self.workspace

        async def attempt() -> str | None:
            view = workspace.views(self.user)[-1]
            block_id, action_id = field_of(view.view, name)
            offered = await workspace.suggest(self.user, view.id, action_id, value)
            if value not in [option["value"] for option in offered]:
                return f"the form does not offer {value}"
            told = await workspace.choose(
                self.user, view.id, action_id, block_id=block_id, value=value
            )
            return _why_not(told)

        await self.insist(attempt, f"Choosing the {name}")
        await workspace.settled()

    async def submit(self, name: str, words: str) -> None:
        """Put words into the uppermost form and send it; close what lies below."""
        await self.fill_in({name: words})

    async def fill_in(self, values: Mapping[str, str]) -> None:
        """Put values into fields of the uppermost form, by name, and send it."""
        workspace = self.workspace
        await self.until(lambda: workspace.views(self.user), "the form to open")
        view = workspace.views(self.user)[-1]
        for name, value in values.items():
            block_id, action_id = field_of(view.view, name)
            workspace.fill(view.id, block_id, value, action_id)

        async def attempt() -> str | None:
            if workspace.state.views.get(view.id) is None:
                return None
            told = await workspace.submit(view.id)
            if told.errors:
                raise NotPlayed(f"The form was not taken: {told.errors}")
            return _why_not(told)

        await self.insist(attempt, "Sending the form")
        for left in workspace.views(self.user):
            await workspace.close(left.id)

    async def _pressed(self, button: Button, *, sure: bool) -> Delivery:
        how: PressOptions = {"block_id": button.block_id}
        if sure:
            how["confirm"] = True
        return await self.workspace.press(self.user, button.ts, button.action_id, **how)

    async def _tried(self, attempt: Attempt) -> str | None:
        try:
            return await attempt()
        except UserMistake as error:  # it changed under the person's hand
            return str(error)


def _why_not(told: Delivery) -> str | None:
    return None if told.ok else told.notice or told.outcome


def field_of(view: dict[str, Any], name: str) -> tuple[str, str]:
    """Return the ids of the input whose action id says what it is about."""
    for candidate in view["blocks"]:
        element = candidate.get("element") or {}
        action_id = str(element.get("action_id", ""))
        if name in action_id:
            return str(candidate["block_id"]), action_id
    raise NotPlayed(f"The form has no field {name!r}.")
