"""What the page says by itself: banners, notices, the rehearsal's own panel."""

from collections.abc import Callable

import pytest
from selenium.webdriver import Chrome

from tests.rehearsal_page.page_driver import Page
from tests.rehearsal_page.page_stand_in import StandIn
from tests.rehearsal_page.page_world import ADA, BEN, in_channel, message, ts, world


def test_a_banner_tells_that_the_bot_is_down(page: Page, server: StandIn) -> None:
    server.push({"type": "presence", "app": "down"})
    page.says(".banner", "The bot is down")
    page.says(".presence", "bot is down")
    server.push({"type": "presence", "app": "up"})
    page.gone(".banner")


def test_what_slack_says_is_shown_until_dismissed(page: Page, server: StandIn) -> None:
    text = "/triage failed with the error operation_timeout"
    server.push({"type": "notice", "text": text, "kind": "error"})
    assert page.says(".notice", text).get_attribute("role") == "alert"
    page.click(".notice [aria-label=Dismiss]")
    page.gone(".notice")


def test_the_page_comes_back_after_a_restart_and_misses_nothing(
    page: Page, server: StandIn
) -> None:
    page.one("#channel textarea").send_keys("draft")
    missed = {"text": "a word meanwhile", "kind": "info"}
    server.state = in_channel(message(0, ADA, "hello"), message(5, BEN, "meanwhile"))
    server.state["notices"] = [missed]
    server.cut()
    page.says("article", "meanwhile")
    page.says(".notice", "a word meanwhile")
    page.gone(f"article[data-ts='{ts(60)}']")
    page.gone(".banner")
    assert page.one("#channel textarea").get_attribute("value") == "draft"


def test_the_rehearsals_panel_is_shown_and_its_buttons_pressed(
    serve: Callable[..., StandIn], driver: Chrome
) -> None:
    server = serve(world())
    buttons = [
        {"label": "Heal", "path": "/page-api/extras/heal", "confirm": "Heal it now?"}
    ]
    server.extras = {"title": "Old key", "facts": ["3 of 4 peers"], "buttons": buttons}
    page = Page(driver, server.url).open(ADA)
    page.says(".extras", "3 of 4 peers")
    page.click(".extras button", "Heal")
    assert "Heal it now?" in page.shown("dialog.confirm").text
    page.click("dialog.confirm [data-answer=yes]")
    server.bodies("/page-api/extras/heal")
    server.extras = {"title": "Old key", "facts": ["4 of 4 peers"], "buttons": []}
    page.says(".extras", "4 of 4 peers")


def test_without_extras_there_is_no_panel(page: Page) -> None:
    assert not page.one(".extras").is_displayed()


@pytest.mark.parametrize("width", [900, 1280])
def test_nothing_sticks_out_of_the_window(page: Page, width: int) -> None:
    page.driver.set_window_size(width, 800)
    page.click(".thread-link")
    page.shown("#thread")
    wide = page.run("return document.documentElement.scrollWidth - window.innerWidth")
    page.driver.set_window_size(1280, 800)
    assert wide <= 0
