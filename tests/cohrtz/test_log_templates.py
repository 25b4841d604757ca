"""Every line that the app can print is told from every other, however captured."""

import pytest

from bot.artefacts.log_tables import log_templates
from bot.cohrtz.logs.template import (
    COLUMNS,
    Level,
    Template,
    parse_templates,
    tags,
)
from tests.cohrtz.log_samples import BY_ID, counts, line, tally

TEMPLATES = log_templates()
SITES = [(one, site) for one in TEMPLATES for site in one.sites]
PREFIXES = {
    "none": "",
    "the app's time": "2026-02-27T10:11:12.123456 ",
    "logcat brief": "I/flutter ( 1234): ",
    "logcat threadtime": "02-27 10:11:12.123  1234  5678 I flutter : ",
    "logcat time": "02-27 10:11:12.123 I/flutter (12345): ",
    "iOS": "flutter: ",
    "iOS syslog": "Feb 27 10:11:12 iPhone Runner(Flutter)[123] <Notice>: flutter: ",
    "web": "main.dart.js:50321 ",
    "both": "I/flutter ( 1234): 2026-02-27T10:11:12.123456 ",
}


def test_the_table_has_the_287_places_of_the_app_that_print() -> None:
    assert len(SITES) == 287
    assert len({site for _, site in SITES}) == 287


def test_places_that_print_the_same_text_share_a_template() -> None:
    assert len(TEMPLATES) == 275
    assert len({(one.tag, one.text) for one in TEMPLATES}) == 275
    assert len(BY_ID["dashboard-repository.error-decoding-group-settings"].sites) == 3


def test_the_levels_are_counted_as_in_the_source() -> None:
    levels = [one.level for one, _ in SITES]
    assert {level.name: levels.count(level) for level in Level} == {
        "DEBUG": 66,
        "INFO": 82,
        "WARNING": 64,
        "ERROR": 53,
        "PRINT": 22,
    }


@pytest.mark.parametrize(("template", "site"), SITES, ids=[site for _, site in SITES])
def test_a_line_of_each_place_is_of_its_template_and_no_other(
    template: Template, site: str
) -> None:
    lines = line(template).split("\n")
    log = "\n".join(prefix + one for prefix in PREFIXES.values() for one in lines)
    read = tally(log)
    seen = {name: one.count for name, one in read.templates.items()}
    assert seen == {template.id: len(PREFIXES)}, site
    assert read.unknown == 0, site


@pytest.mark.parametrize("prefix", PREFIXES.values(), ids=PREFIXES)
def test_a_log_of_all_lines_at_once_is_counted_right(prefix: str) -> None:
    text = "\n".join(line(one) for one in TEMPLATES)
    log = "".join(f"{prefix}{one}\r\n" for one in text.split("\n"))
    assert counts(log) == dict.fromkeys(BY_ID, 1)
    assert tally(log).unknown == 0


def test_lines_whose_fixed_text_differs_are_of_no_template() -> None:
    heads = [one.literals[0].decode() for one in TEMPLATES]
    wholes = [line(one).split("\n")[0] for one in TEMPLATES]
    spoiled = [
        whole.replace(head, head[:-1] + "\x01", 1)
        for head, whole in zip(heads, wholes, strict=True)
    ]
    cut = [head[:-3] for head in heads]
    assert counts("\n".join([*spoiled, *cut])) == {}


def test_a_line_that_lacks_its_end_is_of_no_template() -> None:
    assert counts("[KeyManager] Vault Key missing for x. Requesti") == {}
    assert counts("[KeyManager] Vault Key missing for x. Requesting... ") == {}


def test_a_line_that_lacks_a_middle_is_of_no_template() -> None:
    assert counts("[ConnectionManager] Connection failed (1 of 3): no") == {}


def test_lines_that_begin_alike_are_told_apart_by_what_comes_later() -> None:
    alike = [
        "invite-handler.duplicate-invite-req-detected-resending",
        "invite-handler.duplicate-invite-req-detected-but",
        "invite-handler.invite-code-invalid",
        "invite-handler.invite-code-verified",
        "packet-handler.buffering-packet-type-awaiting",
        "packet-handler.buffering-packet-type-mac-error",
        "crdt-service.diag-total-rows",
        "crdt-service.diag-error-querying",
    ]
    log = "\n".join(line(one) for one in alike * 3)
    assert counts(log) == dict.fromkeys(alike, 3)


def test_a_line_that_only_quotes_another_is_of_its_own_template() -> None:
    quoted = line("key-manager.gsk-missing")
    log = line("note-repository.error-decoding-note", row=quoted)
    assert counts(log) == {"note-repository.error-decoding-note": 1}


def test_every_head_is_long_enough_to_be_looked_up() -> None:
    assert min(len(one.literals[0]) for one in TEMPLATES) > 14


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("id\ttag\n", "columns"),
        ("\t".join(COLUMNS) + "\na\tT\tX\t-\tlive\t-\tf:1\tx\n", "X"),
        (
            "\t".join(COLUMNS)
            + "\na\tT\tD\t-\tlive\t-\tf:1\tx\na\tT\tD\t-\tlive\t-\tf:2\ty\n",
            "two different texts",
        ),
    ],
)
def test_a_broken_table_is_refused(table: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        parse_templates(table)


def test_the_tags_are_listed_once() -> None:
    assert len(tags(TEMPLATES)) == 35
