"""Pressing and choosing in a message."""

from collections.abc import Callable
from typing import Any

import pytest
from selenium.webdriver import Chrome, Keys

from tests.rehearsal_page.page_card import card
from tests.rehearsal_page.page_driver import Page
from tests.rehearsal_page.page_stand_in import Refused, StandIn
from tests.rehearsal_page.page_world import (
    ADA,
    BEN,
    INCIDENT,
    bot_message,
    button,
    in_channel,
    option,
    section,
    ts,
)

PRESS = "/page-api/press"
Serve = Callable[[dict[str, Any]], StandIn]


@pytest.fixture
def server(serve: Serve) -> StandIn:
    return serve(in_channel(card()))


@pytest.fixture
def page(server: StandIn, driver: Chrome) -> Page:
    return Page(driver, server.url).open(ADA)


def show(serve: Serve, driver: Chrome, element: dict[str, Any]) -> tuple[StandIn, Page]:
    server = serve(
        in_channel(bot_message(1, section("pick", accessory=element, block_id="b")))
    )
    return server, Page(driver, server.url).open(ADA)


def test_a_button_says_all_that_a_test_needs_to_find_it(page: Page) -> None:
    node = page.shown(page.action("confirm"))
    assert node.tag_name == "button"
    assert node.get_attribute("data-block-id") == "step-3"
    assert node.get_attribute("data-value") == "3"
    assert node.get_attribute("data-ts") == ts(60)
    assert "primary" in node.get_attribute("class")
    assert "danger" in page.one(page.action("run")).get_attribute("class")


def test_a_press_names_the_button_and_the_person(page: Page, server: StandIn) -> None:
    page.click(page.action("confirm"))
    assert server.bodies(PRESS) == [
        {
            "user": ADA,
            "channel": INCIDENT,
            "ts": ts(60),
            "block_id": "step-3",
            "action_id": "confirm",
            "value": "3",
        }
    ]


def test_a_press_with_a_confirm_asks_first(page: Page, server: StandIn) -> None:
    page.click(page.action("run"))
    assert "peer-4 will drop out of room-7" in page.shown("dialog.confirm").text
    page.click("dialog.confirm button", "Not now")
    page.gone("dialog.confirm")
    page.click(page.action("run"))
    page.click("dialog.confirm button", "Remove")
    assert [body["action_id"] for body in server.bodies(PRESS)] == ["run"]


def test_escape_is_a_no(page: Page, server: StandIn) -> None:
    page.click(page.action("run"))
    page.shown("dialog.confirm")
    page.keys(Keys.ESCAPE)
    page.gone("dialog.confirm")
    page.click(page.action("skip"))
    assert [body["action_id"] for body in server.bodies(PRESS)] == ["skip"]


def test_a_refused_press_is_told(page: Page, server: StandIn) -> None:
    server.answers[PRESS] = lambda _: Refused("The button is gone from the message.")
    page.click(page.action("skip"))
    page.says(".notice.error", "The button is gone from the message.")
    assert page.one(page.action("skip")).get_attribute("aria-busy") is None


def test_a_select_is_searched_and_chosen_by_keys(page: Page, server: StandIn) -> None:
    field = page.click(page.action("hand-over"))
    field.send_keys("relay")
    page.until(lambda: len(page.all("[role=option][data-value]")) == 1, "one is left")
    field.send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    assert server.bodies(PRESS)[0]["selected"] == option("Relay is slow", "relay")
    assert field.get_attribute("value") == "Relay is slow"
    page.gone(".popup")


def test_a_search_finds_a_description_and_says_when_nothing_fits(page: Page) -> None:
    field = page.click(page.action("hand-over"))
    field.send_keys("fits best")
    page.says(".popup [role=option]", "Token invalid")
    field.send_keys(" of all")
    page.says(".popup", "No results")
    field.send_keys(Keys.ESCAPE)
    page.gone(".popup")


def test_the_overflow_menu_sends_its_choice(page: Page, server: StandIn) -> None:
    page.click(page.action("more"))
    page.click("[role=menuitem]", "Reopen")
    assert server.bodies(PRESS)[0]["selected"] == option("Reopen", "reopen")
    page.gone("[role=menu]")


@pytest.mark.parametrize(
    ("kind", "typed", "selected"),
    [
        ("users_select", "ben", BEN),
        ("conversations_select", "gener", "C0GENERAL"),
        ("multi_users_select", "ben", [BEN]),
    ],
)
def test_people_and_channels_are_chosen_by_name(
    serve: Serve,
    driver: Chrome,
    kind: str,
    typed: str,
    selected: object,
) -> None:
    server, page = show(serve, driver, {"type": kind, "action_id": "who"})
    field = page.click(page.action("who"))
    field.send_keys(typed)
    page.until(lambda: len(page.all("[role=option][data-value]")) == 1, "one is left")
    page.click("[role=option][data-value]")
    assert server.bodies(PRESS)[0]["selected"] == selected


def test_an_external_select_asks_the_app_as_one_types(
    serve: Serve, driver: Chrome
) -> None:
    element = {"type": "external_select", "action_id": "peer", "min_query_length": 2}
    server, page = show(serve, driver, element)
    found = {"label": {"text": "In the room"}, "options": [option("peer-4", "p4")]}
    server.answers["/page-api/view/suggest"] = lambda _: {"option_groups": [found]}
    field = page.click(page.action("peer"))
    page.says(".popup", "Type 2 more characters")
    field.send_keys("pe")
    page.says(".popup-group", "In the room")
    asked = server.bodies("/page-api/view/suggest")[0]
    assert asked == {
        "user": ADA,
        "channel": INCIDENT,
        "ts": ts(1),
        "block_id": "b",
        "action_id": "peer",
        "typed": "pe",
    }
    page.click("[role=option]", "peer-4")
    assert server.bodies(PRESS)[0]["selected"] == option("peer-4", "p4")


def test_radio_buttons_and_checkboxes_send_what_is_ticked(
    serve: Serve, driver: Chrome
) -> None:
    options = [option("High", "h"), option("Low", "l")]
    boxes = {"type": "checkboxes", "action_id": "k", "options": options}
    server, page = show(serve, driver, boxes | {"initial_options": options[:1]})
    page.click(".choice", "Low")
    assert server.bodies(PRESS)[0]["selected"] == options
    page.click(".choice", "High")
    assert server.bodies(PRESS, 2)[1]["selected"] == options[1:]


def test_a_date_is_sent_as_iso(serve: Serve, driver: Chrome) -> None:
    server, page = show(serve, driver, {"type": "datepicker", "action_id": "d"})
    page.run(
        "const node = document.querySelector('[data-action-id=d]');"
        "node.value = args[0];"
        "node.dispatchEvent(new Event('change'));",
        "2026-11-23",
    )
    assert server.bodies(PRESS)[0]["selected"] == "2026-11-23"


def test_a_button_is_busy_until_the_app_answered(serve: Serve, driver: Chrome) -> None:
    server, page = show(serve, driver, button("Run", "run", "1"))
    server.answers[PRESS] = lambda _: server.wait_until_released()
    node = page.click(page.action("run"))
    page.until(lambda: node.get_attribute("aria-busy") == "true", "it is busy")
    node.click()
    server.release()
    page.until(lambda: node.get_attribute("aria-busy") is None, "it is free again")
    assert len(server.bodies(PRESS)) == 1
