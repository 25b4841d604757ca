"""Files that were handed over, as checks see them."""

from bot.core.artefact import Artefact, Kind
from bot.core.evidence import Fact, Verdict
from tests.fakes.world import NOON, FakeArtefacts

INCIDENT = "inc1"


def held(kind, name="file", /, **facts):
    """Return a file; `log__lines=3` is the fact `log.lines`."""
    told = tuple(
        Fact(
            name=fact.replace("__", ".", 1),
            value=value,
            observed_at=NOON,
            source=name,
            lasting=True,
        )
        for fact, value in facts.items()
    )
    return Artefact(
        name=name,
        kind=kind,
        sha256="ab" * 32,
        size=1,
        verdict=Verdict.OK,
        headline="It was read.",
        facts=told,
    )


def files(*artefacts):
    return FakeArtefacts({INCIDENT: list(artefacts)})


def log(name="one.log", /, **facts):
    return held(Kind.LOG, name, **({"log__build": "debug"} | facts))


def copy(name="cohrtz_room.db", /, **facts):
    told = {
        "database__is_room": True,
        "database__platform": "native",
        "database__count": 3,
        "database__hash": "aa",
        "database__integrity": "ok",
        "database__rbac_suspects": 0,
    }
    return held(Kind.CRDT_DATABASE, name, **(told | facts))


def secure(name="cohrtz_secure.db", /, **facts):
    told = {
        "keys__vault": "healthy",
        "keys__treekem_private": True,
        "keys__treekem_epoch": True,
        "keys__host": True,
    }
    return held(Kind.SECURE_STORE, name, **(told | facts))


HEALTHY = files(log(log__database_recreated=1), copy("a.db"), copy("b.db"), secure())
"""All that a device may hand over, after a recovery that went well."""
