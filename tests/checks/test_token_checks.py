import pytest

from bot.checks import server_accepts_token, token_binding, token_endpoint
from bot.core.evidence import Verdict
from bot.world.tokens import Acceptance, Spelling, Trouble
from tests.fakes.tokens import body, claims, signed
from tests.fakes.world import (
    ALICE,
    BOB,
    NOON,
    ROOM,
    FakeTokens,
    answered,
    unanswered,
    world,
)

PAST = int(NOON.timestamp()) - 3600


def giving(answer):
    return FakeTokens(lambda *_: answer)


def token(**changes):
    return answered(body(signed(claims() | changes)))


async def run(check, tokens, room=ROOM, identity=ALICE):
    params = check.Params(room=room, identity=identity)
    return await check.run(params, world(tokens=tokens))


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (unanswered(Trouble.UNREACHABLE), "unreachable"),
        (unanswered(Trouble.TIMEOUT), "timeout"),
        (unanswered(Trouble.TOO_LARGE), "too-large"),
        (answered(b"no", status=500), "http-error"),
        (answered(b"<html>", content_type="text/html"), "html"),
        (answered(b"hello"), "not-json"),
        (answered(b"{}"), "no-token"),
        (answered(body("x.y")), "malformed"),
        (token(iss=None), "malformed"),
        (token(exp=PAST), "expired"),
        (token(nbf=PAST + 7200), "not-yet-valid"),
    ],
)
async def test_whatever_is_wrong_at_the_endpoint_is_bad_and_named(answer, status):
    finding = await run(token_endpoint, giving(answer))
    assert finding.verdict is Verdict.BAD
    assert finding.facts["token.status"] == status
    assert finding.facts.get("token.http_status") == answer.status
    assert finding.headline.startswith("The token endpoint ")
    assert "press Reconnect" in finding.headline


async def test_an_answer_in_order_is_ok_with_its_latency():
    finding = await run(token_endpoint, giving(token()))
    assert finding.verdict is Verdict.OK
    assert finding.facts == {
        "token.status": "ok",
        "token.http_status": 200,
        "token.latency_ms": 100,
        "token.spelling_matters": False,
    }


async def test_an_expired_token_comes_with_the_trap_in_the_apps_log():
    finding = await run(token_endpoint, giving(token(exp=PAST)))
    assert "missing iss?" in finding.headline
    assert "3600 s ago" in finding.headline


async def test_names_that_the_app_does_not_escape_are_found_out():
    def endpoint(room, identity, spelling):
        heard = room.partition("&")[0] if spelling is Spelling.RAW else room
        return answered(body(signed(claims(room=heard, identity=identity))))

    finding = await run(token_endpoint, FakeTokens(endpoint), room="R&D")
    assert finding.verdict is Verdict.BAD
    assert finding.facts["token.spelling_matters"] is True
    assert "Rename the room" in finding.headline
    binding = await run(token_binding, FakeTokens(endpoint), room="R&D")
    assert binding.facts["token.room_matches"] is False


async def test_a_token_for_this_participant_and_room_fits():
    finding = await run(token_binding, giving(token()))
    assert finding.verdict is Verdict.OK
    assert finding.facts == {
        "token.identity_matches": True,
        "token.room_matches": True,
        "token.grants_ok": True,
        "token.client_accepts": True,
        "token.seconds_left": 6 * 3600,
        "token.problems": "",
    }


@pytest.mark.parametrize(
    ("changes", "fact", "code"),
    [
        ({"sub": BOB}, "token.identity_matches", "other-identity"),
        ({"sub": None}, "token.identity_matches", "other-identity"),
        (
            {"video": {"room": "other", "roomJoin": True}},
            "token.room_matches",
            "other-room",
        ),
        ({"video": {"room": ROOM}}, "token.grants_ok", "no-room-join"),
        ({"exp": PAST}, "token.client_accepts", "expired"),
        ({"iss": None}, "token.client_accepts", "no-issuer"),
    ],
)
async def test_each_thing_that_does_not_fit_is_bad_with_its_code(changes, fact, code):
    finding = await run(token_binding, giving(token(**changes)))
    assert finding.verdict is Verdict.BAD
    assert finding.facts[fact] is False
    assert finding.facts["token.problems"] == code


async def test_of_a_token_that_cannot_be_read_nothing_is_claimed_but_that():
    finding = await run(token_binding, giving(answered(body("x.y.z"))))
    assert finding.verdict is Verdict.BAD
    assert finding.facts == {
        "token.client_accepts": False,
        "token.problems": "unreadable",
    }


@pytest.mark.parametrize("check", [token_binding, server_accepts_token])
async def test_without_a_token_it_is_unknown_and_says_what_the_endpoint_did(check):
    finding = await run(check, giving(answered(b"no", status=502)))
    assert finding.verdict is Verdict.UNKNOWN
    assert "HTTP 502" in finding.headline
    assert not finding.facts


async def test_the_server_is_shown_the_very_token_that_the_app_would_get():
    tokens = giving(token())
    finding = await run(server_accepts_token, tokens)
    assert finding.verdict is Verdict.OK
    assert finding.facts == {"token.accepted": True}
    assert tokens.shown == [signed(claims())]
    assert tokens.asked == [(ROOM, ALICE, Spelling.RAW)]


async def test_a_refusal_is_bad_with_the_servers_words():
    tokens = giving(token())
    tokens.acceptance = Acceptance(accepted=False, reason="invalid API key")
    finding = await run(server_accepts_token, tokens)
    assert finding.verdict is Verdict.BAD
    assert finding.facts == {
        "token.accepted": False,
        "token.refusal": "invalid API key",
    }
    assert "invalid API key" in finding.headline
    assert "compare the API key" in finding.headline


async def test_a_refusal_that_the_token_itself_explains_is_explained_by_it():
    tokens = giving(token(exp=PAST))
    tokens.acceptance = Acceptance(accepted=False, reason="token is expired")
    finding = await run(server_accepts_token, tokens)
    assert "expired 3600 s ago" in finding.headline
    assert "compare the API key" not in finding.headline


async def test_a_server_that_says_nothing_usable_leaves_it_unknown():
    tokens = giving(token())
    tokens.acceptance = Acceptance(accepted=None, reason="no answer in 5 s")
    finding = await run(server_accepts_token, tokens)
    assert finding.verdict is Verdict.UNKNOWN
    assert "no answer in 5 s" in finding.headline
    assert not finding.facts
