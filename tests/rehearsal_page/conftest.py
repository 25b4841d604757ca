"""Chromium, once a session; a stand-in server for each test."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from rehearsal.stagehands import free_port
from tests.rehearsal_page.page_card import card
from tests.rehearsal_page.page_driver import Page
from tests.rehearsal_page.page_stand_in import StandIn
from tests.rehearsal_page.page_world import ADA, BEN, in_channel, message, ts

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Each test is a page of its own: no process is kept ready, or alive, for another.
    "--disable-features=SpareRendererForSitePerProcess,BackForwardCache",
    "--process-per-site",
    "--in-process-gpu",
    "--window-size=1280,800",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if "rehearsal_page" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    chromedriver = shutil.which("chromedriver")
    if not browser or not chromedriver:
        pytest.skip("the page's tests need chromium and chromedriver on the PATH")
    options = ChromeOptions()
    options.binary_location = browser
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    profile = tmp_path_factory.mktemp("chromium")
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    chrome = Chrome(options=options, service=Service(chromedriver))
    yield chrome
    chrome.quit()


@pytest.fixture(scope="session")
def port() -> int:
    """Where each stand-in serves, so that the browser knows the page's scripts."""
    return free_port()


@pytest.fixture
def serve(driver: Chrome, port: int) -> Iterator[Callable[[dict[str, Any]], StandIn]]:
    """Serve a state; the page's script may not fail in any test."""
    running: list[StandIn] = []

    def start(state: dict[str, Any]) -> StandIn:
        running.append(StandIn(state, port).__enter__())
        return running[-1]

    driver.get_log("browser")
    yield start
    failures = [
        entry["message"] for entry in driver.get_log("browser") if broken(entry)
    ]
    # A page that is still open would come back to the next stand-in.
    driver.get("about:blank")
    for server in running:
        server.__exit__()
    assert failures == []


def broken(entry: dict[str, str]) -> bool:
    """A script error or a breach of the content policy (a refusal is not)."""
    return entry["level"] == "SEVERE" and entry["source"] != "network"


@pytest.fixture
def look(serve: Callable[..., StandIn], driver: Chrome) -> Callable[..., Page]:
    """Show a state to a person: look(state, user=…) gives the page."""

    def open_page(state: dict[str, Any], user: str = "U0ADA") -> Page:
        return Page(driver, serve(state).url).open(user)

    return open_page


@pytest.fixture
def server(serve: Callable[[dict[str, Any]], StandIn]) -> StandIn:
    """A channel with a word, a card, and a reply to the card."""
    reply = message(90, BEN, "on it", thread_ts=ts(60))
    return serve(in_channel(message(0, ADA, "hello"), card(), reply))


@pytest.fixture
def page(server: StandIn, driver: Chrome) -> Page:
    """The channel, seen by the responder."""
    page = Page(driver, server.url).open(ADA)
    page.message(ts(60))
    return page
