"""Files that people handed over, and a reading of them, without Slack and processes."""

from dataclasses import dataclass, field

from bot.artefacts.comparing import Comparer
from bot.artefacts.intake import Comparison, Copies
from bot.artefacts.scratch import Scratch
from bot.artefacts.source import Unfetched
from bot.artefacts.wire import Copy
from bot.core.artefact import Artefact, Kind
from bot.core.evidence import Fact, Verdict, bad, witnessed
from tests.fakes.world import NOON


@dataclass
class FakeSource:
    """A place with files; one that is not there cannot be fetched."""

    files: dict[str, bytes] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    fails: Exception | None = None

    async def fetch(self, file, into):
        self.fetched.append(file)
        if self.fails is not None:
            raise self.fails
        if file not in self.files:
            raise Unfetched("It is not there any more.")
        into.write_bytes(self.files[file])


def artefact_of(name, content, kind=Kind.LOG):
    """Make what reading such a log gives: each line of it is one refused token."""
    fact = Fact(
        name="log.token_rejected",
        value=content.count(b"\n"),
        observed_at=NOON,
        source=f"log:{name}",
        lasting=True,
    )
    return Artefact(
        name=name,
        kind=kind,
        sha256=content[:8].hex().ljust(64, "0"),
        size=len(content),
        verdict=Verdict.BAD,
        headline="Tokens were refused.",
        facts=(fact,),
    )


@dataclass
class FakeIntake:
    """Reads every file as a log, and compares any two."""

    comparers: dict[str, Comparer] = field(
        default_factory=lambda: {
            "counts": Comparer(frozenset({Kind.LOG}), {}, lambda *_: None)
        }
    )
    asked: list = field(default_factory=list)
    compared: list = field(default_factory=list)
    scratch: Scratch = field(default_factory=Scratch)

    async def read(self, path, name, desk):
        self.asked.append(desk.asked)
        content = path.read_bytes()
        made = artefact_of(name, content)
        return Copies((made,), ((made, Copy(path=str(path))),))

    async def compare(self, copies, desk):
        names = tuple(sorted(a.name for one in copies for a, _ in one.lying))
        if len(names) < 2:
            return ()
        self.compared.append(names)
        differ = bad("They differ.", {"counts.differ": True})
        told = witnessed(differ, source="counts", at=NOON, lasting=True)
        return (Comparison("counts", names, told),)

    def unread(self, name, why):
        return Artefact(
            name=name,
            kind=Kind.UNRECOGNISED,
            sha256="",
            size=0,
            verdict=Verdict.UNKNOWN,
            headline=why,
            reference="ref-1",
        )
