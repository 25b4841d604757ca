"""Logs: counted whatever they hold, and nothing that a user wrote comes out."""

from io import BytesIO

from bot.artefacts.log_stream import count_log
from bot.artefacts.log_tables import log_signals, log_templates
from bot.artefacts.readers import log
from bot.cohrtz.logs.judging import judge
from tests.cohrtz.log_samples import BY_ID, SECRET, line
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import must, seen

LINES = 6


def setup():
    return [line(one).encode() for one in BY_ID]


def case(lines, rng):
    written = [rng.choice(lines) for _ in range(rng.randint(1, LINES))]
    content = mutations.octets(rng, [b"\n".join(written)])
    if rng.random() < 0.05:
        content = b"\xff\xfe" + content.decode("latin-1").encode("utf-16-le")
    log.recognises(content, None)
    found = judge(count_log(BytesIO(content)), log_templates(), log_signals(), {})
    must(found.headline.strip(), "no headline")
    seen(found.headline)
    must(SECRET not in f"{found}", "a user's words come out")
    return str(found.verdict)


TARGET = Target("logs", "logs of the app", 200, setup, case)
