"""Listings of a backup, pasted into a command: judged, and shown as they are."""

from datetime import UTC, datetime

from bot.cohrtz.backup import judge
from bot.cohrtz.listing import read_listing
from handlers.render.backup import judged
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import mrkdwn, must

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROOM = "0198b7d0_41c2_7e3a_8f64_00000000000a"
LS = f"""\
-rw-r--r-- 1 me me 409600 Mar  1 11:58 cohrtz_{ROOM}.db
-rw-r--r-- 1 me me 4096 2026-03-01 11:58:01 packet_store_{ROOM}.db
-rw------- 1 me me 8192 2025-12-31T23:59:59Z cohrtz_secure.db
"""
DIR = f"""\
03/01/2026  11:58 AM    409,600 cohrtz_{ROOM}.db
01.03.2026 11:58 cohrtz_secure.db
"""
BARE = f"cohrtz_{ROOM}.db 1.4 MB 1772366400\ncohrtz_secure.db 12K 1772366400000"
SEEDS = (LS, DIR, BARE, '{"flutter.cohrtz_secure_install_id": "x"}')


def case(_, rng):
    typed = mutations.text(rng, SEEDS)
    listing = read_listing(typed, rng.choice((NOW, None)))
    said = judged(judge(listing))
    must(said.strip(), "nothing is said")
    mrkdwn(said)
    return "files" if listing.entries else "no files"


TARGET = Target("listings", "listings of a backup", 3_000, lambda: None, case)
