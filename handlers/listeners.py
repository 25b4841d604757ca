"""What Bolt is told to listen to: few listeners, each one of our own functions.

Bolt runs with `process_before_response`, so Slack gets its answer after the change
was committed; a failure is answered with words and a reference id.
"""

import logging
import re
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.incident.refusal import NotNow
from bot.errors import BotError, StoreError
from handlers import commands, files, forms, payloads, steps
from handlers.addresses import Addresses
from handlers.crowd import TYPING, Shed
from handlers.desk import Desk
from handlers.manifest import COMMAND, MESSAGE_SHORTCUT
from handlers.options import Offers
from handlers.refs import PREFIX
from handlers.render import form
from handlers.render.blocks import fit
from handlers.render.words import Drawn
from handlers.replies import refused, tell

log = structlog.get_logger(__name__)

OURS = re.compile(f"^{re.escape(PREFIX)}")
ANY = re.compile("")

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Identity:
    """Who the bot is in its workspace, learnt once at start by auth.test."""

    team: str
    bot_id: str
    bot_user: str


def bolt_app(
    desk: Desk, web: AsyncWebClient, signing_secret: str, identity: Identity
) -> AsyncApp:
    """Return a Bolt app with every listener registered.

    Slack is not asked who we are at each request: that costs a call each time.
    """
    authorised = AuthorizeResult(
        enterprise_id=None,
        team_id=identity.team,
        bot_token=web.token,
        bot_id=identity.bot_id,
        bot_user_id=identity.bot_user,
    )

    async def authorize() -> AuthorizeResult:
        return authorised

    ours = Listeners(desk)
    app = AsyncApp(
        # Without a name Bolt looks for one in the sources of all that is on the stack.
        name="cohrtz-triage",
        client=web,
        signing_secret=signing_secret,
        before_authorize=Entrance(Addresses(web.base_url), ours),
        authorize=authorize,
        process_before_response=True,
        # The edge looked at the signature, the age and the size before it parsed; over
        # Socket Mode there is none. Bolt would only do it again.
        request_verification_enabled=False,
        ssl_check_enabled=False,
        attaching_function_token_enabled=False,  # there are no functions
        # Without it Bolt's loggers take the root's level, and show what they are sent.
        logger=logging.getLogger("slack_bolt"),
    )
    _listen(app, ours)
    return app


class Entrance(AsyncMiddleware):
    """Lets no payload by that would be answered elsewhere, and takes `/triage` itself.

    For each call of a listener's function, and for each look whether it is the one,
    Bolt gathers thirty arguments: a fifth of the time that a command takes.
    """

    def __init__(self, known: Addresses, ours: "Listeners") -> None:
        """Take the addresses that are Slack's, and who listens to commands."""
        self._known = known
        self._ours = ours

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002  the shape of Bolt's middleware
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002  Bolt's name for it
    ) -> BoltResponse | None:
        """Answer a command, refuse the request, or go on to the next one."""
        if self._known.stranger(req.body):
            log.warning("request.refused", what="response_url", status=401)
            return BoltResponse(status=401, body="Its response address is not Slack's.")
        if req.body.get("command") != COMMAND:
            return await next()
        ack = req.context.ack
        await self._ours.command(ack=ack, body=req.body)
        return ack.response


def _listen(app: AsyncApp, ours: "Listeners") -> None:
    app.options(OURS)(ours.options)
    app.view(OURS)(ours.submitted)
    app.view_closed(OURS)(ours.closed)
    app.shortcut(MESSAGE_SHORTCUT)(ours.shortcut)
    app.action(OURS)(ours.action)
    app.event("message")(ours.message)
    # Whatever else comes is taken, or Slack would count it as a failed delivery.
    for kind in (app.action, app.event, app.shortcut, app.options, app.command):
        kind(ANY)(ours.taken)
    app.view(ANY)(ours.taken)
    app.view_closed(ANY)(ours.taken)


class Listeners:
    """The listeners, over one desk."""

    def __init__(self, desk: Desk) -> None:
        """Bind to a desk."""
        self._desk = desk
        self._offers = Offers(desk.rooms, desk.recorded, desk.now)

    async def command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Answer `/triage`; what is said goes to the person alone."""
        said = await self._words("command", lambda: self._run(body))
        if isinstance(said, Drawn):
            await ack(
                text=said.text, blocks=fit(said.blocks), response_type="ephemeral"
            )
        elif said:
            await ack(text=said, response_type="ephemeral")
        else:
            await ack()

    async def _run(self, body: Json) -> commands.Answer:
        told = payloads.command(body)
        self._desk.crowd.admit(told.actor.user)
        return await commands.run(self._desk, told)

    async def action(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Take a press of one of our buttons, or a choice in our form."""
        if body.get("view"):
            await self._telling("choice", body, lambda: forms.redraw(self._desk, body))
        else:
            await self._telling("press", body, lambda: self._press(body))
        await ack()

    async def _press(self, body: Json) -> None:
        await steps.press(self._desk, payloads.pressed(body))

    async def _telling(
        self, what: str, body: Json, do: Callable[[], Awaitable[None]]
    ) -> None:
        """Do it, and write to the person if it was refused.

        Raises Untold if that cannot be, and Shed if they were told so a moment ago:
        without an answer Slack says that it failed.
        """

        async def admitted() -> None:
            self._desk.crowd.admit_or_shed(payloads.actor(body).user)
            await do()

        said = await self._words(what, admitted)
        if isinstance(said, str):
            await tell(self._desk, body, said)

    async def options(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Offer rooms and participants; nothing, if that fails or they may not."""
        offered: dict[str, Any] = {"options": []}

        async def offer() -> None:
            nonlocal offered
            self._desk.crowd.admit(payloads.actor(body).user, TYPING)
            await forms.must_fill_in(self._desk, body)
            offered = await self._offers.offer(body)

        await self._words("options", offer)
        await ack(**offered)

    async def submitted(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Take a form, or say beside its fields what is wrong."""
        taken = forms.Taken({})

        async def take() -> None:
            nonlocal taken
            self._desk.crowd.admit(payloads.actor(body).user)
            taken = await forms.submit(self._desk, body)

        said = await self._words("form", take)
        if isinstance(said, str):
            await ack(**_not_saved(body, said))
        elif taken.errors:
            await ack(response_action="errors", errors=dict(taken.errors))
        else:
            await ack(response_action="clear")

    async def closed(self, ack: AsyncAck) -> None:
        """Take it that a form was closed: nothing was begun, so nothing is undone."""
        await ack()

    async def message(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Take the files that a message brings into an incident's thread.

        What cannot be kept is not acknowledged: Slack delivers it again.
        """
        try:
            await files.dropped(self._desk, body)
        except StoreError:
            raise
        except BotError as error:
            log.warning("request.refused", what="files", kind=type(error).__name__)
        except Exception as error:  # noqa: BLE001  a bug: Slack must not send it again
            self._crashed("files", error)
        await ack()

    async def taken(self, ack: AsyncAck) -> None:
        """Take what nobody here listens to."""
        await ack()

    async def shortcut(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Open the form for the channel of the message that it was started from."""
        await self._telling("shortcut", body, lambda: self._open(body))
        await ack()

    async def _open(self, body: Json) -> None:
        started = payloads.shortcut(body)
        await forms.open_form(
            self._desk, started.actor, started.channel, started.trigger
        )

    async def _words(
        self, what: str, do: Callable[[], Awaitable[commands.Answer]]
    ) -> commands.Answer:
        """Do it, and return what the person must be told, if anything; raise Shed."""
        try:
            return await do()
        except Shed:
            raise
        except NotNow as error:
            log.info("request.refused", what=what, why=error.reason)
            return refused(error)
        except BotError as error:
            reference = self._desk.reference()
            kind = type(error).__name__
            log.info("request.refused", what=what, reference=reference, kind=kind)
            return f"{error} ({reference})"
        except Exception as error:  # noqa: BLE001  a bug: the person is told, the log too
            return self._crashed(what, error)

    def _crashed(self, what: str, error: Exception) -> str:
        """Log where it happened, without its text: that may quote what people wrote."""
        reference = self._desk.reference()
        log.error(
            "request.crashed",
            what=what,
            reference=reference,
            kind=type(error).__name__,
            trace="".join(traceback.format_tb(error.__traceback__)),
        )
        return (
            "That went wrong on my side, and nothing was changed that you would "
            f"not see. Whoever runs me finds it in the log under {reference}."
        )


def _not_saved(body: Json, said: str) -> dict[str, Any]:
    """Answer a form that was not taken: what was typed stays, if there is a place."""
    try:
        block = next(iter(payloads.view_fields(body).values()), None)
    except BotError:
        block = None
    if block:
        return {"response_action": "errors", "errors": {block: said}}
    view = form.notice_form("Not saved", said)
    return {"response_action": "update", "view": view}
