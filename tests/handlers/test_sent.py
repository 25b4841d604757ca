"""When a request counts as gone out: on which connection, and to whom it is told."""

from types import SimpleNamespace

import aiohttp
import pytest
from yarl import URL

from handlers.sent import tracing, when_sent


async def sent(url, *, reused):
    """Let a session tell of one body that it sent; return how often it was told on."""
    config, heard, context = tracing(), [], SimpleNamespace()
    config.freeze()

    async def told():
        heard.append(url)

    with when_sent(told):
        if reused:
            params = aiohttp.TraceConnectionReuseconnParams()
            await config.on_connection_reuseconn.send(None, context, params)
        params = aiohttp.TraceRequestChunkSentParams("POST", URL(url), b"{}")
        await config.on_request_chunk_sent.send(None, context, params)
    await config.on_request_chunk_sent.send(None, context, params)
    return len(heard)


@pytest.mark.parametrize(
    ("url", "reused", "told"),
    [
        ("http://127.0.0.1/api/", False, 0),
        ("http://127.0.0.1/api/", True, 1),
        ("https://slack.com/api/", False, 1),
        ("https://slack.com/api/", True, 1),
    ],
)
async def test_it_is_told_once_the_other_side_itself_has_it(url, reused, told):
    assert await sent(url, reused=reused) == told
