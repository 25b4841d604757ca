"""The reader of scenario pages: what it takes, and how it says what is wrong."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal import scenario
from rehearsal.cohrtz import FaultKind, Start

PAGE = textwrap.dedent(
    """\
    ---
    title: A page
    room: kitchen
    participant: alice
    peers:
      alice: {identity: "user:a", rooms: [kitchen], start: lost}
      bob: {identity: "user:b", rooms: [kitchen]}
    faults:
      - token.expired
      - {kind: token.clock-skew, seconds: 90}
    mend:
      - name: purge
        say: The cache is purged.
        clears: [token.expired]
    truth: {fault: Stale cache., runbook: null, not_a: [other]}
    good_responder:
      - {do: open, by: responder, form: true}
      - {do: await, what: step 2 ready}
      - {do: confirm, step: 1, by: responder, words: Looked.}
      - {do: mend, say: Purging.}
      - {do: resolve, by: responder, words: Done.}
    ---
    # Prose

    For a person.
    """
)


def read(text=PAGE):
    return scenario.read_text(text, "scenarios/a-page.md")


def refusal(old, new):
    assert old in PAGE
    with pytest.raises(scenario.ScenarioError) as error:
        read(PAGE.replace(old, new, 1))
    return str(error.value)


def test_a_page_is_read_whole():
    page = read()
    assert (page.slug, page.title, page.identity) == ("a-page", "A page", "user:a")
    assert page.prose.startswith("# Prose")
    assert [fault.kind for fault in page.faults] == [
        FaultKind.ENDPOINT_EXPIRED,
        FaultKind.ENDPOINT_CLOCK_SKEW,
    ]
    assert page.faults[1].seconds == 90
    assert page.peers["alice"].start is Start.LOST
    assert [act.do for act in page.good_responder][-1] == "resolve"
    assert page.truth.runbook is None


def test_a_page_makes_the_settings_of_its_deployment():
    settings = read().settings("key", "x" * 32, speed=7)
    assert (settings.speed, settings.webhook_url) == (7, None)
    assert set(settings.peers) == {"alice", "bob"}
    assert "x" * 32 not in repr(settings)


def test_the_only_remedy_needs_no_name():
    assert read().remedy() == read().remedy("purge")
    with pytest.raises(KeyError):
        read().remedy("other")


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("room: kitchen", "room: kitchen\ncolour: red", 4, "there is no 'colour' here"),
        ("title: A page\n", "", 2, "'title' is missing"),
        ("start: lost", "start: losst", 6, "Input should be 'active'"),
        ("start: lost", "strat: lost", 6, "there is no 'strat' here"),
        ("- token.expired", "- token.expird", 9, "Input should be 'token.refused'"),
        ("seconds: 90", "second: 90", 10, "there is no 'second' here"),
        ("do: confirm", "do: confrim", 19, "Input tag 'confrim'"),
        ("form: true", "forms: true", 17, "'form' is missing"),
        ("step: 1", "step: 0", 19, "Input should be greater"),
        ("step 2 ready", "lunch", 18, "String should match"),
        ("participant: alice", "participant: carol", 4, "there is no 'carol'"),
        ("room: kitchen", "room: cellar", 3, "alice is not in this room"),
        ("clears: [token.expired]", "clears: [token.html]", 14, "token.html is not"),
        ("clears: [token.expired]", "by_hand: [carol]", 12, "there is no 'carol'"),
        ("say: Purging.", "say: P, name: pruge", 20, "say which remedy is meant"),
        ("title: A page", "title: [", 4, "expected ',' or ']'"),
        ("title: A page", "- title", 3, "expected <block end>"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old, new, line, says):
    assert refusal(old, new).startswith(f"scenarios/a-page.md:{line}: {says}")


@pytest.mark.parametrize(
    ("right", "wrong", "meant"),
    [
        ("title: A page", "titel: A page", "title"),
        ("start: lost", "start: losst", "lost"),
        ("start: lost", "strat: lost", "start"),
        ("- token.expired", "- token.expird", "token.expired"),
        ("seconds: 90", "second: 90", "seconds"),
        ("do: confirm", "do: confrim", "confirm"),
    ],
)
def test_a_slip_is_answered_with_what_was_likely_meant(right, wrong, meant):
    assert f". Did you mean {meant!r}?" in refusal(right, wrong)


def test_everything_that_is_wrong_is_said_at_once():
    text = refusal("rooms: [kitchen], start: lost", "roms: [kitchen]")
    assert "'rooms' is missing" in text
    assert "there is no 'roms' here. Did you mean 'rooms'?" in text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("# Prose", "a.md:1: the page must begin"),
        ("---\ntitle: x\n", "a.md:1: the front matter has no end"),
        ("---\n- a\n---\n", "a.md:2: the front matter must be a mapping"),
        ("---\n---\n", "a.md:2: the front matter must be a mapping"),
    ],
)
def test_a_page_needs_front_matter(text, says):
    with pytest.raises(scenario.ScenarioError, match=says):
        scenario.read_text(text, "a.md")


@given(st.text(), st.text())
def test_any_text_is_a_page_or_refused_with_a_line(front, rest):
    with pytest.raises(scenario.ScenarioError, match=r"^a\.md:\d+: "):
        scenario.read_text(f"---\n{front}\n---\n{rest}", "a.md")


def test_a_page_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(scenario.ScenarioError, match="cannot be read"):
        scenario.read(tmp_path / "none.md")


def test_all_our_pages_can_be_read_and_played_in_order():
    pages = scenario.read_all()
    assert set(pages) == {
        "expired-token",
        "lost-group-key",
        "lost-vault-key",
        "rotated-secret",
        "endpoint-html",
        "same-identity-two-devices",
        "sync-requests-unanswered",
        "database-corruption",
        "sync-divergence",
        "release",
    }
    for slug, page in pages.items():
        does = [act.do for act in page.good_responder if act.do != "await"]
        ends = ("type", "press") if slug == "release" else ("open", "resolve")
        assert (does[0], does[-1]) == ends
        # What is proposed need not be started; what is started was the truth.
        assert "start" not in does or page.truth.runbook is not None
        assert does.count("mend") == len(page.mend)


REPORTS = """
    diagnostics:
      begin:
        - {by: alice, ago: 9, way: outbound, packet: SYNC_REQ}
        - {by: alice, ago: 8, way: inbound, packet: HANDSHAKE, peer: bob}
"""
WITH_REPORTS = PAGE.replace("truth:", f"{textwrap.dedent(REPORTS).strip()}\ntruth:", 1)


def test_a_page_says_what_devices_report():
    events = read(WITH_REPORTS).diagnostics["begin"]
    assert [(one.by, one.packet, one.peer) for one in events] == [
        ("alice", "SYNC_REQ", None),
        ("alice", "HANDSHAKE", "bob"),
    ]


def test_only_people_of_the_page_report_and_are_heard():
    for old, new in (
        ("peer: bob", "peer: bop"),
        ("by: alice, ago: 8", "by: al, ago: 8"),
    ):
        with pytest.raises(scenario.ScenarioError, match="among the peers"):
            read(WITH_REPORTS.replace(old, new, 1))


def test_only_what_the_page_has_can_be_reported():
    act = "  - {do: report, say: It does., name: end}\n  - {do: resolve"
    with pytest.raises(scenario.ScenarioError, match="no 'end' in diagnostics"):
        read(WITH_REPORTS.replace("  - {do: resolve", act, 1))


FILES = """
    files:
      a.log: {kind: log, about: bob, said: [{line: recreated, times: 2}, merged]}
      a.db: {kind: database, of: alice, lacks: [{by: bob, numbers: [1]}]}
"""
WITH_FILES = PAGE.replace("truth:", f"{textwrap.dedent(FILES).strip()}\ntruth:", 1)


def test_a_page_says_what_devices_leave_behind():
    files = read(WITH_FILES).files
    assert [one.line for one in files["a.log"].said] == ["recreated", "merged"]
    assert files["a.db"].lacks[0].numbers == (1,)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("about: bob", "about: bop", "no 'bop' among the peers"),
        ("by: bob, numbers", "by: bop, numbers", "no 'bop' among the peers"),
        ("said: [{line: recreated", "said: [{line: recreate", "no line 'recreate'"),
        ("a.log:", "../a.log:", "pattern"),
        ("kind: log", "kind: logs", "Did you mean 'log'"),
    ],
)
def test_what_no_device_could_leave_is_refused(old, new, says):
    assert old in WITH_FILES
    with pytest.raises(scenario.ScenarioError, match=says):
        read(WITH_FILES.replace(old, new, 1))


def test_only_what_the_page_has_can_be_dropped():
    act = "  - {do: drop, by: robin, files: [a.lock]}\n  - {do: resolve"
    with pytest.raises(scenario.ScenarioError, match=r"no 'a.lock'.*mean 'a.log'"):
        read(WITH_FILES.replace("  - {do: resolve", act, 1))
