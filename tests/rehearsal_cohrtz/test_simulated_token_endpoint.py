"""The token endpoint: what it mints, how it reads its query, and each of its faults."""

import asyncio
import json
import time
from email.utils import parsedate_to_datetime

import aiohttp
import jwt
import pytest
from cohrtz_samples import ALICE, KEY, ROOM, SECRET, claims_of
from livekit import api

from rehearsal.cohrtz.claims import OTHER_ROOM, STRANGER
from rehearsal.cohrtz.device import FetchFailed
from rehearsal.cohrtz.held_token import looks_valid


async def test_it_mints_a_token_that_livekit_verifies(world):
    claims = api.TokenVerifier(KEY, SECRET).verify(await world.fetch())
    assert claims.identity == ALICE
    assert claims.video.room == ROOM
    assert claims.video.room_join
    assert claims.video.can_publish_data


async def test_its_token_lives_for_hours_and_the_app_likes_it(world):
    token = await world.fetch()
    assert claims_of(token)["exp"] - claims_of(token)["nbf"] == 6 * 3600
    assert looks_valid(token, time.time())


@pytest.mark.parametrize(
    ("name", "arrives"),
    [
        ("R&D", "R"),
        ("C++", "C  "),
        ("Maple Street", "Maple Street"),
        ("Ñandú", "Ñandú"),
    ],
)
async def test_a_room_name_put_in_raw_arrives_as_a_web_server_reads_it(
    world, name, arrives
):
    assert claims_of(await world.fetch(room=name))["video"]["room"] == arrives


async def test_a_hash_in_the_room_name_cuts_the_identity_off(world):
    with pytest.raises(FetchFailed, match="room and identity are required"):
        await world.fetch(room="Team #1")


async def test_a_properly_encoded_name_arrives_whole(world):
    _, _, body = await world.ask(room="R&D #1 100%")
    assert claims_of(json.loads(body)["token"])["video"]["room"] == "R&D #1 100%"


async def test_an_expired_token_is_one_hour_over_and_soundly_signed(world):
    world.faults.set("token.expired")
    token = await world.fetch()
    assert abs(time.time() - 3600 - claims_of(token)["exp"]) < 5
    with pytest.raises(jwt.ExpiredSignatureError):
        api.TokenVerifier(KEY, SECRET).verify(token)


async def test_an_old_secret_leaves_the_claims_sound(world):
    world.faults.set("token.old-secret")
    token = await world.fetch()
    assert looks_valid(token, time.time())
    with pytest.raises(jwt.InvalidSignatureError):
        api.TokenVerifier(KEY, SECRET).verify(token)


@pytest.mark.parametrize("seconds", [300, -300])
async def test_a_skewed_clock_moves_date_nbf_and_exp(world, seconds):
    world.faults.set("token.clock-skew", seconds=seconds)
    _, headers, body = await world.ask()
    claims, wanted = claims_of(json.loads(body)["token"]), time.time() + seconds
    assert abs(parsedate_to_datetime(headers["Date"]).timestamp() - wanted) < 3
    assert abs(claims["nbf"] - wanted) < 3
    assert abs(claims["exp"] - 6 * 3600 - wanted) < 3


@pytest.mark.parametrize(
    ("kind", "holds"),
    [
        ("token.wrong-identity", lambda claims: claims["sub"] == STRANGER),
        ("token.wrong-room", lambda claims: claims["video"]["room"] == OTHER_ROOM),
        ("token.float-exp", lambda claims: isinstance(claims["exp"], float)),
        ("token.missing-iss", lambda claims: "iss" not in claims),
        ("token.missing-grant", lambda claims: claims["video"]["roomJoin"] is False),
    ],
)
async def test_a_fault_of_the_token_shows_in_its_claims_until_it_is_cleared(
    world, kind, holds
):
    world.faults.set(kind)
    assert holds(claims_of(await world.fetch()))
    world.faults.clear(kind)
    assert not holds(claims_of(await world.fetch()))


@pytest.mark.parametrize(
    ("kind", "status", "says"),
    [
        ("token.status-500", 500, "the key store does not answer"),
        ("token.status-429", 429, "Too many requests"),
        ("token.status-502", 502, "<title>502 Bad Gateway"),
        ("token.html", 200, "<!DOCTYPE html>"),
        ("token.null", 200, '{"token": null}'),
        ("token.no-token", 200, '{"accessToken": "'),
    ],
)
async def test_an_answer_of_another_form(world, kind, status, says):
    world.faults.set(kind)
    got, headers, body = await world.ask()
    assert got == status
    assert says in body
    assert ("text/html" in headers["Content-Type"]) == says.startswith("<")
    with pytest.raises(FetchFailed):
        await world.fetch()


async def test_the_text_of_a_500_can_be_chosen(world):
    world.faults.set("token.status-500", text="no database")
    assert (await world.ask())[::2] == (500, "no database")


async def test_a_reset_breaks_the_connection(world):
    world.faults.set("token.reset")
    with pytest.raises(aiohttp.ClientConnectionError):
        await world.ask()
    assert world.deployment.journal.find(outcome="connection broken")


async def test_a_refusing_port_is_the_same_one_when_it_opens_again(world):
    world.faults.set("token.refused")
    await asyncio.sleep(0.02)
    async with aiohttp.ClientSession() as fresh:
        with pytest.raises(aiohttp.ClientConnectorError):
            await fresh.get(world.server.token_url)
    world.faults.clear("token.refused")
    await asyncio.sleep(0.02)
    assert (await world.ask())[0] == 200


async def test_a_hanging_endpoint_answers_when_the_fault_is_cleared(world):
    world.faults.set("token.hanging")
    asking = asyncio.create_task(world.ask())
    done, _ = await asyncio.wait([asking], timeout=0.1)
    assert not done
    world.faults.clear()
    assert (await asking)[0] == 200


async def test_a_slow_endpoint_takes_its_seconds(world):
    world.faults.set("token.slow", seconds=0.15)
    began = time.monotonic()
    assert (await world.ask())[0] == 200
    assert time.monotonic() - began >= 0.15


async def test_the_journal_tells_who_asked_for_what_and_holds_no_token(world):
    token = await world.fetch()
    (entry,) = world.deployment.journal.find(place="token")
    assert (entry.method, entry.path, entry.outcome) == ("GET", "/token", "200")
    assert (entry.room, entry.identity) == (ROOM, ALICE)
    assert token.split(".")[1] not in repr(world.deployment.journal.entries)


async def test_an_unknown_fault_is_refused(world):
    with pytest.raises(ValueError, match=r"token\.broken"):
        world.faults.set("token.broken")


async def test_an_unknown_path_is_404_and_in_the_journal(world):
    async with world.http.get(world.server.token_url + "s") as answer:
        assert answer.status == 404
    assert world.deployment.journal.find(path="/tokens", outcome="404")
