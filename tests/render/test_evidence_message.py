from datetime import UTC, datetime

from states import Story

from bot.core.artefact import Artefact, Kind
from bot.core.evidence import Fact, Verdict, bad, witnessed
from bot.core.incident import commands as c
from bot.core.incident.file_events import Offered
from handlers.render.evidence import FILES, evidence
from handlers.render.limits import message_problems
from handlers.render.message import Catalogue, wanted

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
CATALOGUE = Catalogue(titles={}, library={})


def read(name="a.log", verdict=Verdict.BAD, **more):
    told = Fact(name="log.lines", value=3, observed_at=AT, source="x", lasting=True)
    given = {
        "name": name,
        "kind": Kind.LOG,
        "sha256": name.encode().hex().ljust(64, "0")[:64],
        "size": 3,
        "verdict": verdict,
        "headline": "Tokens were refused.",
        "facts": (told,),
    }
    return Artefact(**(given | more))


def story(*artefacts, waits=()):
    made = Story()
    ids = [f"F{number}" for number in range(len(artefacts))]
    offered = [Offered(id=one, name=f"{one}.db") for one in (*ids, *waits)]
    made.do(c.Offer(tuple(offered)))
    for file, one in zip(ids, artefacts, strict=True):
        made.do(c.Receive(file, (one,)))
    return made


def text(made):
    return str(evidence(made.state).blocks)


def test_there_is_no_message_before_a_file_was_handed_over():
    made = Story()
    parts = [one.part for one in wanted(made.state, made.events, CATALOGUE)]
    assert "evidence" not in parts


def test_each_file_has_its_verdict_kind_headline_and_hash():
    made = story(read())
    said = text(made)
    for words in ("`a.log`", "(log)", "Tokens were refused.", "SHA-256", "log.lines"):
        assert words in said
    assert evidence(made.state).text == "Files: 1 bad"


def test_what_a_file_has_comes_before_the_counts_of_nothing():
    names = ("none", "no", "some", "yes")
    facts = [
        Fact(name=f"log.{name}", value=value, observed_at=AT, source="x", lasting=True)
        for name, value in zip(names, (0, False, 2, True), strict=True)
    ]
    said = text(story(read(facts=tuple(facts))))
    places = [said.index(f"log.{name} ") for name in ("some", "yes", "none", "no")]
    assert places == sorted(places)


def test_files_that_wait_are_named():
    assert "1 file being read, confined: `F9.db`" in text(story(waits=("F9",)))


def test_what_was_not_read_when_it_was_resolved_says_so():
    made = story(waits=("F9",)).do(c.Resolve("Over.", anyway=True), by="U0ANN")
    assert "not read when it was resolved" in text(made)


def test_the_worst_come_first_and_the_rest_are_counted():
    many = [read(f"{n}.log", Verdict.OK) for n in range(FILES + 3)]
    made = story(*many, read("bad.log"))
    said = text(made)
    assert said.index("bad.log") < said.index(".log` (log)")
    assert "…and 4 more files" in said
    assert not message_problems(evidence(made.state)._asdict())


def test_a_failed_reading_names_its_reference():
    failed = read(verdict=Verdict.UNKNOWN, reference="ref-7", facts=(), sha256="")
    assert "reference `ref-7`" in text(story(failed))


def test_nothing_in_a_repeated_file_is_said_too():
    made = Story()
    made.do(c.Offer((Offered(id="F1", name="a"),))).do(c.Receive("F1", ()))
    assert evidence(made.state).text == "Files: nothing new in them"


def test_what_comparing_showed_stands_in_the_message():
    differ = bad("They differ.", {"copies.differ": True})
    told = witnessed(differ, source="copies", at=AT, lasting=True)
    made = story(read()).do(c.Compare("copies", ("a.db", "b.db"), told))
    assert "`a.db` and `b.db` compared: They differ." in text(made)


def test_a_name_cannot_leave_its_place():
    said = text(story(read("<!channel>`x`.log")))
    assert "<!channel>" not in said
