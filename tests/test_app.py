import re
from datetime import UTC, timedelta

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot import app
from bot.actions import ACTIONS
from bot.artefacts.source import NoSource
from bot.checks import CHECKS
from bot.core.incident.commands import DEFAULT_SETTLE, DEFAULT_VERIFY
from bot.engine.diagnostics import NoRings, Rings
from bot.errors import PageError, SettingsError, StoreError
from bot.pages import load_library
from bot.settings import RUNBOOKS, Settings
from bot.store.store import open_store
from tests.store.store_samples import opened


@pytest.fixture
def settings(tmp_path):
    def make(**more):
        values = {
            "slack_bot_token": "xoxb-1",
            "slack_app_token": "xapp-1",
            "token_url": "http://127.0.0.1:1/token",
            "livekit_url": "ws://127.0.0.1:1",
            "livekit_api_key": "key",
            "livekit_api_secret": "a secret of at least 32 characters",
            "database": tmp_path / "triage.db",
        }
        return Settings(_env_file=None, **(values | more))

    return make


async def test_the_parts_are_joined_to_one_store_and_one_world(settings):
    async with app.build(settings()) as bot:
        assert await bot.store.ready() is None
        assert bot.service.store is bot.store
        assert bot.world.now().tzinfo is UTC
        assert bot.service.rules.library is bot.library
        assert await bot.store.heads() == []


async def test_a_second_bot_on_the_same_database_is_refused(settings):
    async with app.build(settings()):
        with pytest.raises(StoreError):
            async with app.build(settings()):
                pass


async def test_broken_pages_stop_the_start(settings, tmp_path):
    with pytest.raises(PageError):
        async with app.build(settings(runbooks=tmp_path / "none")):
            pass


async def test_parts_can_be_joined_over_what_is_open_already(settings, tmp_path):
    async with (
        open_store(tmp_path / "other.db") as store,
        aiohttp.ClientSession() as session,
    ):
        bot = app.join(
            settings(),
            load_library(RUNBOOKS),
            app.Outside(store, session, NoSource()),
        )
        assert bot.service.store is store


def test_the_rules_say_what_the_checks_say(settings):
    rules = app.rules(settings(), {})
    opening = [name for name, check in CHECKS.items() if check.ON_OPEN]
    assert list(rules.opening) == [n for n in opening if n != "sync-diagnostics"]
    assert rules.opening
    for name, check in CHECKS.items():
        assert rules.takes[name] == set(check.Params.model_fields)
        assert {fact for fact, source in rules.yields.items() if source == name} <= set(
            check.FACTS
        )
    told = {fact for check in CHECKS.values() for fact in check.FACTS}
    assert set(rules.yields) == told


def test_a_pace_shortens_the_waits_alike(settings):
    rules = app.rules(settings(pace=10), {})
    assert rules.verify == tuple(delay / 10 for delay in DEFAULT_VERIFY)
    assert rules.settle == tuple(delay / 10 for delay in DEFAULT_SETTLE)
    assert app.rules(settings(), {}).verify[0] == timedelta(seconds=2)


def test_each_check_and_action_has_its_title():
    known = {**CHECKS, **ACTIONS}
    assert app.titles() == {name: one.TITLE for name, one in known.items()}


def test_each_action_says_how_far_it_reaches():
    assert app.effects() == {name: one.EFFECT for name, one in ACTIONS.items()}


def test_a_reference_reads_like_nothing_else():
    assert re.fullmatch(r"ref-[0-9a-hjkmnp-tv-z]{8}", app.reference())


def test_the_time_has_a_zone():
    assert app.now().tzinfo is UTC


KEY = "k1:" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
MASTER = "a master of at least thirty-two characters"


async def off(settings, **given):
    with capture_logs() as entries:
        async with app.build(settings(**given)) as bot:
            assert isinstance(bot.rings, NoRings)
            assert bot.world.diagnostics is bot.rings
    (why,) = [one["why"] for one in entries if one["event"] == "diagnostics.off"]
    return why


async def test_without_a_secret_no_diagnostics_are_taken_and_it_is_said(settings):
    assert "TRIAGE_DIAGNOSTICS_SECRET" in await off(settings, data_key=KEY)


async def test_with_a_secret_diagnostics_are_taken(settings):
    async with app.build(settings(diagnostics_secret=MASTER)) as bot:
        assert isinstance(bot.rings, Rings)


async def test_the_keys_are_those_of_the_environment_or_of_a_file(settings, tmp_path):
    file = tmp_path / "keys"
    file.write_text(f"# ours\n{KEY}\n")
    for given in ({"data_key": KEY}, {"data_key_file": file}):
        async with app.build(settings(**given)) as bot:
            assert bot.store.rotation.ring.sealing == "k1"
    assert not list(tmp_path.glob("*.db.keys"))


async def test_without_a_setting_a_key_is_made_beside_the_database(settings, tmp_path):
    async with app.build(settings()) as bot:
        (file,) = tmp_path.glob("*.db.keys")
        assert bot.store.rotation.ring.sealing in file.read_text()


def test_an_incident_begins_with_diagnostics_only_where_they_are_taken(settings):
    taking = settings(diagnostics_secret=MASTER, data_key=KEY)
    assert "sync-diagnostics" in app.rules(taking, {}).opening


@pytest.mark.parametrize(
    "given", [{"data_key": "nothing"}, {"data_key_file": "/nowhere/keys"}]
)
async def test_keys_that_are_not_in_order_stop_the_start(settings, given):
    with pytest.raises(SettingsError):
        async with app.build(settings(**given)):
            pass


async def signed(settings, **given):
    """Start a bot; return what it says of its signing key."""
    with capture_logs() as entries:
        async with app.build(settings(**given)) as bot:
            key = bot.service.trail.key.public_text
    (said,) = [one for one in entries if one["event"] == "trail.signed"]
    assert said["public_key"] == key
    return said


SEED = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


async def test_the_public_key_is_said_at_each_start_and_stays_the_same(
    settings, tmp_path
):
    first, second = await signed(settings), await signed(settings)
    assert first == second
    assert first["key_from"] == str(tmp_path / "triage.db.signing-key")


async def test_a_given_signing_key_is_used_and_none_is_made(settings, tmp_path):
    file = tmp_path / "seed"
    file.write_text(f"{SEED}\n")
    by_value = await signed(settings, signing_key=SEED)
    by_file = await signed(settings, signing_key_file=file)
    assert by_value["public_key"] == by_file["public_key"]
    assert (by_value["key_from"], by_file["key_from"]) == ("environment", str(file))
    assert not (tmp_path / "triage.db.signing-key").exists()
    assert SEED not in str(by_value)


async def test_incidents_from_before_the_trail_are_chained_at_the_start(settings):
    made = settings()
    async with open_store(made.database) as store:
        await opened(store, "I1", length=3)
    with capture_logs() as entries:
        async with app.build(made) as bot:
            assert len(await bot.store.links("I1")) == 3
    assert {"event": "trail.begun", "incidents": 1, "log_level": "info"} in entries


async def test_the_policy_is_read_first_and_its_absence_is_told(settings, tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text('[may]\n\nroom = ["leeds"]\n')
    with pytest.raises(
        SettingsError, match=r"policy\.toml:3: There is no group 'leeds'"
    ):
        async with app.build(settings(policy=policy)):
            pass
    assert not (tmp_path / "triage.db").exists()
    with capture_logs() as lines:
        async with app.build(settings()) as bot:
            assert not bot.service.rules.policy.given
    assert "policy.absent" in [line["event"] for line in lines]
    policy.write_text("[approvals]\nroom = 4\n")
    with capture_logs() as lines:
        async with app.build(settings(policy=policy)) as bot:
            assert bot.service.rules.policy is bot.authority.policy
            assert bot.authority.policy.given
    assert "policy.absent" not in [line["event"] for line in lines]
