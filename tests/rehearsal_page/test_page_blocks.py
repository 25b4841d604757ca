"""Every kind of block is drawn, and what is not known says so."""

from collections.abc import Callable

import pytest

from tests.rehearsal_page.page_card import talk
from tests.rehearsal_page.page_driver import Page
from tests.rehearsal_page.page_world import (
    ADA,
    BOT,
    bot_message,
    in_channel,
    message,
    mrkdwn,
    section,
    ts,
)

Look = Callable[..., Page]


@pytest.fixture
def rich(look: Look) -> Page:
    page = look(in_channel(*talk()))
    page.message(ts(120))
    return page


def test_a_card_reads_like_one_in_slack(rich: Page) -> None:
    card_node = rich.message(ts(60))
    for words in ("Triage", "APP", "(edited)", "Peers do not sync in room-7", "Owner"):
        assert words in card_node.text
    assert "@Ada Moreno" in card_node.text
    assert "incident i-12 · version 9" in card_node.text
    assert ":rotating_light:" not in card_node.text


def test_a_table_has_its_header_and_aligned_cells(rich: Page) -> None:
    assert [cell.text for cell in rich.all("th")] == ["Check", "Verdict", "Saw", "ms"]
    rows = rich.all("tbody tr")
    assert [row.text.split()[0] for row in rows] == [
        "token-endpoint",
        "room-state",
        "transitions",
    ]
    assert len(rich.all("td.align-right")) == 3
    assert len(rich.all("td [data-emoji=grey_question]")) == 1


def test_a_plan_shows_each_task_with_its_state(rich: Page) -> None:
    states = [task.get_attribute("data-status") for task in rich.all(".plan .task")]
    assert states == ["complete", "error", "in_progress", "pending"]
    assert "1 of 4" in rich.one(".plan-title").text
    assert "timed out after 10 s" in rich.one("[data-task-id=t2] .task-output").text
    assert (
        rich.one("[data-task-id=t2] a").get_attribute("href")
        == "https://docs.example/t"
    )


def test_rich_text_has_all_its_leaves(rich: Page) -> None:
    text = rich.message(ts(120)).text
    for words in (
        "Struck",
        "@here",
        "#general",
        "@S0OPS",
        "long ago",
        "1.",
        "@Ada Moreno",
    ):
        assert words in text
    assert rich.one("blockquote").text == "3 of 4 checks agree"
    assert "GET /token 401" in [code.text for code in rich.all("pre code")]
    assert rich.one(".swatch").value_of_css_property("background-color") == (
        "rgba(43, 160, 75, 1)"
    )


def test_what_the_page_does_not_know_it_names(rich: Page) -> None:
    said = [box.text for box in rich.all(".unsupported")]
    assert said == ["unsupported element: hologram", "unsupported block: video"]


def test_an_unknown_element_is_named_too(look: Look) -> None:
    odd = {"type": "timeline_slider", "action_id": "t"}
    page = look(in_channel(bot_message(1, section("x", accessory=odd))))
    page.says(".unsupported", "unsupported element: timeline_slider")


def test_an_image_is_a_placeholder_and_no_request(rich: Page) -> None:
    assert rich.one(".image-large").text == "image: latency by minute"
    assert rich.one(".image-small").get_attribute("aria-label") == "logo"
    assert rich.all("img") == []


def test_nothing_is_fetched_from_elsewhere(rich: Page) -> None:
    fetched = rich.run(
        "return performance.getEntriesByType('resource').map((e) => e.name)"
    )
    assert fetched
    assert [url for url in fetched if not url.startswith(rich.url)] == []


def test_hostile_text_in_any_place_stays_text(look: Look) -> None:
    evil = "<img src=x onerror=\"document.title='gone'\">"
    view = bot_message(1, section(evil, fields=[mrkdwn(evil)]), username=evil)
    page = look(
        in_channel(view, message(2, ADA, evil, files=[{"id": "F", "name": evil}]))
    )
    assert page.message(ts(2)).text.count(evil) == 2
    assert page.message(ts(1)).text.count(evil) == 3
    assert page.driver.title == "Rehearsal workspace"


def test_a_message_without_blocks_shows_its_text(look: Look) -> None:
    page = look(in_channel(message(1, BOT, "plain *words*", bot_id="B0BOT")))
    assert page.message(ts(1)).find_element("css selector", "strong").text == "words"
