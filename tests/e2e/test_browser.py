"""A whole incident by clicks in a browser, with the bot killed in between."""

import base64
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.support.ui import WebDriverWait

from rehearsal.scenario import SCENARIOS, read
from rehearsal.stagehands import free_port
from tests.rehearsal_page.conftest import driver
from tests.rehearsal_page.page_driver import MOVING, Page

__all__ = ["driver"]

pytestmark = [pytest.mark.e2e, pytest.mark.browser]

PATIENCE = 60.0
STEP = "#thread article"
FORM = "dialog.modal"


class Patient(Page):
    """The page of a rehearsal: the bot may take a while on a busy machine."""

    def until(self, look, what):
        wait = WebDriverWait(self.driver, PATIENCE, 0.05, ignored_exceptions=MOVING)
        return wait.until(lambda _: look(), what)

    def panel(self, label: str) -> None:
        self.click(".extra-buttons button", label)

    def step(self, number: int, words: str) -> None:
        """Wait until the step's message in the thread says so."""
        self.says(STEP, f"Step {number} of", words)

    def look_at(self, css: str, words: str) -> None:
        """Scroll to what says so; it may be drawn anew in that very moment."""

        def scroll() -> bool:
            node = self.says(css, words)
            self.driver.execute_script("arguments[0].scrollIntoView()", node)
            return True

        self.until(scroll, f"{css} {words!r} does not stand still")

    def shot(self, folder: Path, name: str) -> None:
        self.driver.save_screenshot(str(folder / f"e2e-{name}.png"))


@pytest.fixture
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shots")


@pytest.fixture
def url(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A rehearsal in which nothing is played by itself; a test may name another."""
    port = free_port()
    which = getattr(request, "param", "expired-token")
    words = ("rehearse", which, "--no-play", "--port", str(port))
    words = (*words, "--folder", str(tmp_path))
    with (tmp_path / "rehearsal.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  our own command line
            [sys.executable, "-m", "bot", *words], stdout=log, stderr=log
        )
    yield f"http://127.0.0.1:{port}/"
    process.terminate()
    assert process.wait(30) == 0


@pytest.fixture
def page(driver: Chrome, url: str, tmp_path: Path) -> Iterator[Patient]:
    """The page, opened without saying as whom, once it is there."""
    page = Patient(driver, url)
    page.until(lambda: _answers(url), "the page is not served")
    page.open()
    page.says(".facts li", "the bot runs")
    yield page
    page.shot(tmp_path, "last")
    driver.get("about:blank")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url) as answer:  # noqa: S310  our own page
            return answer.status == 200
    except OSError:
        return False


def _fill_in(page: Patient, shots: Path) -> None:
    scene = read(SCENARIOS / "expired-token.md")
    page.says(".facts li", "JOINED".lower())
    page.write("/triage")
    page.shown(FORM)
    page.shot(shots, "1-form")
    page.type(page.action("triage:room"), scene.room[:8])
    page.click("[role=option]", scene.room)
    page.type(page.action("triage:participant"), "user:0198b7d0")
    page.click("[role=option]", scene.identity)
    page.type(page.action("triage:words-typed"), "Alice cannot get back in.")
    page.shot(shots, "2-filled")
    page.click("[data-role=submit]")
    page.gone(FORM)


def _kill_and_start(page: Patient) -> None:
    page.panel("Kill the bot (-9)")
    page.click("dialog.confirm [data-answer=yes]")
    page.says(".facts li", "the bot is down")
    page.panel("Start the bot")
    page.says(".facts li", "the bot runs")


def _start(page: Patient, shots: Path) -> None:
    page.says("#channel article", "Alice cannot get back in.")
    page.click(".thread-link")
    page.says(STEP, "Which runbook")
    page.step(1, "Nothing runs before somebody starts it")
    page.shot(shots, "3-ranked")
    page.click(f"{STEP} button", "Start")


def _mend(page: Patient, shots: Path) -> None:
    page.step(1, "The check is not ok")
    page.shot(shots, "4-not-ok")
    page.panel("The operator purges the cache")
    page.click(f"{STEP} button", "Run the check again")
    page.step(1, "Done.")
    page.step(2, "Ready to run")
    page.shot(shots, "5-ready")


def _run(page: Patient, shots: Path) -> None:
    page.click(f"{STEP} {page.action('triage:run')}")
    page.shown("dialog.confirm")
    page.shot(shots, "6-sure")
    page.click("dialog.confirm [data-answer=yes]")
    page.step(2, "Done.")


def _end(page: Patient, shots: Path) -> None:
    page.step(4, "press Confirm")
    page.shot(shots, "7-confirm")
    page.click(f"{STEP} button", "Confirm")
    page.step(4, "Done.")
    page.write("/triage resolve The cache is purged; Alice is back.")
    page.says(STEP, "Summary")
    page.says("#channel article", "Resolved")
    page.shot(shots, "8-summary")


def test_an_incident_by_clicks_from_the_form_to_the_summary(
    page: Patient, shots: Path
) -> None:
    _fill_in(page, shots)
    _start(page, shots)
    _mend(page, shots)
    _kill_and_start(page)
    _run(page, shots)
    _end(page, shots)
    _leave(shots)


def test_a_guest_is_refused_in_the_page(page: Patient, shots: Path) -> None:
    page.click("[role=radio]", "Gale Guest")
    page.one("[data-user='U0GUEST'][aria-checked=true]")
    page.write('/triage "Maple Street"')
    page.says("article.ephemeral", "Guests cannot do that")
    page.shot(shots, "9-guest")
    _leave(shots)


DROP = """
const [name, content] = args;
const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
const transfer = new DataTransfer();
transfer.items.add(new File([bytes], name));
const pane = document.getElementById("thread");
for (const type of ["dragenter", "dragover", "drop"]) pane.dispatchEvent(
  new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
"""


@pytest.mark.parametrize("url", ["database-corruption"], indirect=True)
def test_files_that_the_scenario_left_are_dropped_and_change_the_ranking(
    page: Patient, shots: Path, tmp_path: Path
) -> None:
    scene, files = read(SCENARIOS / "database-corruption.md"), tmp_path / "files"
    page.says(".facts li", str(files))
    page.write(f"/triage {scene.room} {scene.identity}")
    page.click(".thread-link")
    page.says(STEP, "No fact speaks for a page")
    page.says(STEP, "Get the app's log")
    page.shot(shots, "10-nothing-speaks")
    for name in ("nora.log", "nora-damaged.db"):
        content = base64.b64encode((files / name).read_bytes()).decode()
        page.run(DROP, name, content)
    page.says(STEP, "deleted and made anew (1)")
    page.says(STEP, "encrypted or corrupt cannot be told apart")
    page.says(STEP, "Proposed: Database corruption on native")
    for at, words in enumerate(("Which runbook", "Files: "), start=11):
        page.look_at(STEP, words)
        page.shot(shots, f"{at}-files")
    _leave(shots)


def _leave(shots: Path) -> None:
    """Keep the pictures where whoever asked for them looks."""
    wanted = Path(os.environ.get("TRIAGE_SHOTS", "no shots wanted"))
    if wanted.is_dir():
        for picture in shots.glob("*.png"):
            shutil.copy(picture, wanted)
