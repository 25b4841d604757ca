"""A lost vault key by clicks in a browser: listening, a file, answers, and the stop."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from rehearsal.scenario import SCENARIOS, read
from rehearsal.stagehands import free_port
from tests.e2e.test_browser import STEP, Patient, _answers, _leave, shots
from tests.fakes.rtc import needs_rtc
from tests.rehearsal_page.conftest import driver

__all__ = ["driver", "shots"]

pytestmark = [pytest.mark.e2e, pytest.mark.browser, needs_rtc]

SLUG = "lost-vault-key"
ANSWER = "dialog.modal"


@pytest.fixture
def page(driver: Chrome, tmp_path: Path) -> Iterator[Patient]:
    port = free_port()
    words = ("rehearse", SLUG, "--no-play", "--port", str(port))
    with (tmp_path / "rehearsal.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  our own command line
            [sys.executable, "-m", "bot", *words, "--folder", str(tmp_path)],
            stdout=log,
            stderr=log,
        )
    url = f"http://127.0.0.1:{port}/"
    page = Patient(driver, url)
    page.until(lambda: _answers(url), "the page is not served")
    page.open()
    page.says(".facts li", "the bot runs")
    page.says(".facts li", "active")
    yield page
    page.shot(tmp_path, "last")
    driver.get("about:blank")
    process.terminate()
    assert process.wait(30) == 0


def _listen(page: Patient, shots: Path) -> None:
    scene = read(SCENARIOS / f"{SLUG}.md")
    page.write(f"/triage {scene.room} {scene.identity}")
    page.says("#channel article", scene.identity)
    page.click(".thread-link")
    page.says(STEP, "The bot joins hidden")
    page.shot(shots, "20-listen")
    page.click(f"{STEP} button", "Listen to the room")
    page.step(1, "Nothing runs before somebody starts it")
    page.click(f"{STEP} button", "Start runbook")


def _drop(page: Patient, file: Path) -> None:
    page.one("#thread .file-input").send_keys(str(file))
    page.click("#thread .send")
    page.says(STEP, "The vault's key was there once and is gone")


def _answer(page: Patient, shots: Path) -> None:
    page.step(2, "press Answer")
    page.click(f"{STEP} button", "Answer")
    page.shown(ANSWER)
    page.shot(shots, "21-answer")
    page.click(f"{ANSWER} label", "no")
    page.click("[data-role=submit]")
    page.gone(ANSWER)


def test_a_lost_vault_key_by_clicks_from_listening_to_the_stop(
    page: Patient, shots: Path, tmp_path: Path
) -> None:
    _listen(page, shots)
    page.step(1, "The check is not ok")
    _drop(page, tmp_path / "files" / "mara-secure.db")
    page.click(f"{STEP} button", "Run the check again")
    page.step(1, "nobody may add vault items")
    page.click(f"{STEP} button", "Confirm")
    _answer(page, shots)
    page.step(4, "Do not go on.")
    page.panel("Olga, who never had")
    page.says(".facts li", "olga", "not in the room")
    page.click(f"{STEP} button", "Run the check again")
    page.step(4, "They are alone: an item added now makes a new key")
    page.shot(shots, "22-stop")
    _leave(shots)
