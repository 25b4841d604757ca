"""Trail bundles: checked by the bot and by the script alike, or refused by both."""

import importlib.util
import json
import os
import tempfile
from pathlib import Path

from bot.bundles import read_bundle
from bot.cli.verify import posted_head, public_key
from bot.core.bundle import FORMAT, TrailBundle
from bot.core.trail.audit import audit
from bot.errors import UsageError
from tests.core.trails import INCIDENT, KEY, erased, made
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import must, refusal, seen

SCRIPT = Path(__file__).parents[3] / "docs" / "verify_trail.py"
WORDS = ("by", "kind", "body")
FIELDS = (*WORDS, "seq", "at", "salt", "digest", "link", "signer", "signature")


def setup():
    spec = importlib.util.spec_from_file_location("verify_trail", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    seeds = [_written(made()), _written(erased())]
    path = Path(tempfile.gettempdir()) / f"triage-fuzz-{os.getpid()}.json"
    return script, seeds, path


def _written(events):
    kept = [one.model_dump() for one in events]
    return json.dumps({"format": FORMAT, "incident": INCIDENT, "events": kept})


def case(kept, rng):
    script, seeds, path = kept
    document = _spoilt(rng, seeds)
    _key(rng)
    heads = [mutations.text(rng, ("ab" * 32, "ab" * 32 + "@4"))][: rng.randrange(2)]
    path.write_text(json.dumps(document))
    try:
        bundle = read_bundle(path, TrailBundle)
        posted = [posted_head(one) for one in heads]
    except UsageError as error:
        refusal(error)
        _script(script, document, heads)
        return "refused"
    finally:
        path.unlink()
    found = audit(bundle.incident, bundle.events, [KEY.public], posted)
    for problem in found.problems:
        must(problem.strip(), "a problem without words")
        seen(problem)
    theirs = _script(script, document, heads)
    must(
        theirs is None or bool(theirs) == bool(found.problems), f"the script: {theirs}"
    )
    return "not as it was" if found.problems else "as it was"


def _spoilt(rng, seeds):
    """Return a bundle that is odd somewhere, or one that was changed with care."""
    if rng.random() < 0.4:
        return mutations.value(rng, seeds)
    document = json.loads(rng.choice(seeds))
    events = document["events"]
    for _ in range(rng.randint(0, 2)):
        rng.choice((_field, _order))(rng, events)
    return document


def _field(rng, events):
    one, other, name = rng.choice(events), rng.choice(events), rng.choice(FIELDS)
    if isinstance(one[name], str) and name in WORDS:
        one[name] = mutations.text(rng, (one[name],))
    elif name == "salt":
        one[name] = rng.choice((None, other[name]))
    else:
        one[name] = other[name]


def _order(rng, events):
    at = rng.randrange(len(events))
    if rng.random() < 0.5 and len(events) > 1:
        del events[at]
    else:
        events.insert(rng.randrange(len(events)), events[at])


def _script(script, document, heads):
    """Return what the script finds; None: it cannot be checked."""
    try:
        keys = [script.read_key(KEY.public.hex())]
        events = list(document["events"])
        return script.check(document["incident"], events, keys, heads)
    except script.ODD:
        return None


def _key(rng):
    try:
        public_key(mutations.text(rng, (KEY.public.hex(),)))
    except UsageError as error:
        refusal(error)


TARGET = Target("bundles", "trail bundles", 1_000, setup, case)
