"""Pages that others wrote load unchanged, with the steps that a careful reader sees."""

import json
from pathlib import Path

import pytest

from bot.core.runbook.markdown import Kind, blocks
from bot.core.runbook.outline import Part, outline
from bot.core.runbook.pages import StepKind
from bot.core.runbook.read import read_plain

CORPUS = Path(__file__).parent / "corpus"
EXPECTED = json.loads((CORPUS / "expected.json").read_text())
COLLECTION = """\
# Guide for operators

## Summary

This page says what to do.

## Signals

Where to look:
- logs of the app
- states of the rooms

## Triage template

Note first:
- name of the room
- id of the participant

## Runbook: Ticket too old

Symptoms:
- it cannot connect

Actions:
1. check that the office answers
2. ask for a new ticket
3. check whose ticket it is

## Runbook: Key lost

Symptoms:
- nothing can be read

Actions:
1. ask the others for the key
2. if it had one before, do not make a new one

## Backup and recovery

- Rooms are kept in files of their own.
- For a backup, include the files and the keys; one alone is of no use.

## Release and rollback checklist

Before:
- [ ] old and new understand each other
- [ ] no holes are known

Rollback trigger examples:
- nobody can read anything

Rollback actions:
1. stop the release
2. publish the old one

## Related documents

- [Rules](./rules.md)
"""


def book(file):
    (found,) = read_plain((CORPUS / file).read_text(), file=file).runbooks
    return found


def test_every_page_of_the_corpus_is_expected():
    pages = {path.name for path in CORPUS.glob("*.md")} - {"NOTICE.md"}
    assert pages == set(EXPECTED)


@pytest.mark.parametrize("file", EXPECTED)
def test_a_page_from_elsewhere_has_the_steps_that_a_reader_sees(file):
    found = book(file)
    assert found.title == EXPECTED[file]["title"]
    assert [step.title for step in found.steps] == EXPECTED[file]["steps"]
    assert {step.kind for step in found.steps} == {StepKind.CONFIRM}


@pytest.mark.parametrize("file", EXPECTED)
def test_what_is_typed_stands_in_exactly_one_step(file):
    told = [step.body for step in book(file).steps]
    text = (CORPUS / file).read_text()
    front = text.index("\n---\n", 3) + 5 if text.startswith("---") else 0
    for section in outline(blocks(text[front:])):
        if section.part is Part.EXPLAINS and not section.within_acts:
            continue
        for block in section.blocks:
            if block.kind is Kind.CODE:
                code = f"\n{block.fences[0].content}```"
                assert sum(code in body for body in told) == 1, code


def test_queries_that_a_step_links_to_stand_with_it():
    by_title = {
        step.title: step.body for step in book("KubeAPIErrorBudgetBurn.md").steps
    }
    body = by_title[
        "Run debugging queries in Prometheus or Grafana Explore to dig deeper."
    ]
    assert "**Slow Write Requests**" in body
    assert body.count("```promql") == 4


def test_steps_under_a_heading_that_sets_the_scene_say_which():
    first, second, *_ = book("KubeAPIErrorBudgetBurn.md").steps
    assert first.body.startswith("**Critical**")
    assert second.body.startswith("**Warning**")


def test_code_that_nobody_closed_ends_before_the_next_heading():
    body = book("PrometheusOperatorNodeLookupErrors.md").steps[-1].body
    assert body.count("```") == 2
    assert "Mitigation" not in body


def test_a_collection_holds_its_runbooks_and_the_checklists_beside_them():
    found = read_plain(COLLECTION, file="guide.md").runbooks
    assert {one.title: [step.title for step in one.steps] for one in found} == {
        "Triage template": ["name of the room", "id of the participant"],
        "Ticket too old": [
            "check that the office answers",
            "ask for a new ticket",
            "check whose ticket it is",
        ],
        "Key lost": [
            "ask the others for the key",
            "if it had one before, do not make a new one",
        ],
        "Backup and recovery": [
            "For a backup, include the files and the keys; one alone is of no use."
        ],
        "Release and rollback checklist": [
            "old and new understand each other",
            "no holes are known",
            "stop the release",
            "publish the old one",
        ],
    }


def test_what_sets_off_a_rollback_stands_before_its_first_act():
    *_, checklist = read_plain(COLLECTION, file="guide.md").runbooks
    stop = next(s for s in checklist.steps if s.title == "stop the release")
    assert "nobody can read anything" in stop.body
