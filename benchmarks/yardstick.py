"""The yardsticks: servers that answer a command with nothing, each a process.

`python -m benchmarks.yardstick KIND PORT SECRET API_URL`, KIND one of `KINDS`. What
the bot adds to one of them is what it costs to be the bot.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Mapping

from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.wire import PATH

TOKEN = "xoxb-simulated"  # noqa: S105  opens nothing but a simulation


def bare(secret: str, _: str) -> web.Application:
    """Return aiohttp alone, with Slack's signature checked."""
    verifier = SignatureVerifier(secret)

    async def answer(request: web.Request) -> web.Response:
        body = await request.read()
        good = verifier.is_valid_request(body, dict(request.headers))
        return web.Response(status=200 if good else 401)

    app = web.Application()
    app.router.add_post(PATH, answer)
    return app


def bolt(secret: str, api_url: str) -> web.Application:
    """Return Bolt as its guide has it."""
    return _bolt(secret, api_url, waits=False)


def bolt_waits(secret: str, api_url: str) -> web.Application:
    """Return Bolt with process_before_response, as the bot uses it."""
    return _bolt(secret, api_url, waits=True)


def _bolt(secret: str, api_url: str, *, waits: bool) -> web.Application:
    app = AsyncApp(
        client=AsyncWebClient(token=TOKEN, base_url=api_url),
        signing_secret=secret,
        process_before_response=waits,
    )

    @app.command("/triage")
    async def answer(ack: AsyncAck) -> None:
        await ack()

    return app.web_app(path=PATH)


KINDS: Mapping[str, Callable[[str, str], web.Application]] = {
    "aiohttp": bare,
    "bolt": bolt,
    "bolt-waits": bolt_waits,
}


async def serve(app: web.Application, port: int) -> None:
    """Serve until cancelled."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def main(kind: str, port: str, secret: str, api_url: str) -> None:
    """Serve one kind until SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(KINDS[kind](secret, api_url), int(port)))


if __name__ == "__main__":
    main(*sys.argv[1:])
