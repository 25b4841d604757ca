"""One incident by clicks, against the real simulated workspace and a real Bolt app."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, Keys

from rehearsal.slack import Workspace
from tests.rehearsal_page.page_driver import Page
from tests.rehearsal_page.page_real import workspace

ROBIN, SAM = "U0RESP", "U0SECOND"


@pytest.fixture
def real(driver: Chrome) -> Iterator[tuple[Workspace, Page]]:
    with workspace() as connected:
        yield connected.workspace, Page(driver, connected.server.page_url).open(ROBIN)
        driver.get("about:blank")


def report(page: Page, room: str) -> None:
    """Open the form, fill it in, submit it."""
    page.write("/triage")
    page.shown("dialog.modal")
    page.type(page.action("name"), room)
    page.type(page.action("peer"), "4")
    page.click("[role=option]", "peer-4")
    page.click(".choice", "High")
    page.click("[data-role=submit]")


def test_a_person_goes_the_whole_way_by_clicks(
    real: tuple[Workspace, Page], tmp_path: Path
) -> None:
    slack, page = real
    page.click("[role=radio]", "Sam Okafor")
    page.one(f"[data-user='{SAM}'][aria-checked=true]")
    report(page, "rom-7")
    page.says("[data-block=room] .field-error", "There is no such room.")
    page.type(page.action("name"), Keys.BACKSPACE * 5, "room-7", Keys.ENTER)
    page.gone("dialog.modal")
    page.says("article", "Room room-7, peer peer-4, severity high")
    told = page.says("article.ephemeral", "Your report is open.")
    assert "Only visible to you" in told.text

    page.click(".thread-link")
    page.says("#thread article", "Step 1: look at the room")
    log = tmp_path / "cohrtz.log"
    log.write_text("handshake timeout\n")
    page.one("#thread .file-input").send_keys(str(log))
    page.says("#thread .file", "cohrtz.log")
    page.says(".thread-link", "2 replies")
    page.click("#thread [aria-label='Close thread']")

    page.click("#channel " + page.action("run"))
    page.click("dialog.confirm button", "Remove")
    page.says("#channel article", "@Sam Okafor ran it")
    assert slack.journal


def test_another_persons_page_has_the_card_but_not_the_private_word(
    real: tuple[Workspace, Page],
) -> None:
    _, page = real
    report(page, "room-7")
    page.says("article.ephemeral", "Your report is open.")
    page.click("[role=radio]", "Sam Okafor")
    page.says("article", "peer peer-4")
    assert page.all("article.ephemeral") == []


def test_a_command_in_a_thread_is_refused_as_slack_does(
    real: tuple[Workspace, Page],
) -> None:
    _, page = real
    page.write("hello")
    page.says("article", "hello")
    page.run("document.querySelector('article .reply').click()")
    page.write("/triage", "#thread")
    page.says(".notice.error", "thread")


def test_a_half_filled_form_outlives_a_reload(real: tuple[Workspace, Page]) -> None:
    slack, page = real
    page.write("/triage")
    page.shown("dialog.modal")
    page.type(page.action("name"), "room-7", Keys.TAB)
    page.until(lambda: "room-7" in str([v.values for v in slack.views(ROBIN)]), "kept")
    page.driver.refresh()
    page.shown("dialog.modal")
    assert page.one(page.action("name")).get_attribute("value") == "room-7"
