"""The page in Chromium, in the words of a person who uses it."""

from collections.abc import Callable
from typing import Any, TypeVar

from selenium.common.exceptions import (
    ElementNotInteractableException,
    StaleElementReferenceException,
)
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.rehearsal_page.page_stand_in import PATIENCE_S

T = TypeVar("T")
MOVING = (StaleElementReferenceException, ElementNotInteractableException)
SHOWN = """
  const [css, ...words] = arguments;
  return [...document.querySelectorAll(css)].find((one) =>
    one.checkVisibility({opacityProperty: true, visibilityProperty: true}) &&
    words.every((word) => one.innerText.includes(word))) ?? null;
"""
"""One question a look: asked of each element, a look costs a hundred times more."""


class Page:
    """One tab. Every look waits: the page follows the server by itself."""

    def __init__(self, driver: Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    def open(self, user: str = "", channel: str = "") -> "Page":
        place = f"#user={user}" if user else ""
        self.driver.get(self.url + place + (f"&channel={channel}" if channel else ""))
        self.one("#channel h1")
        return self

    def until(self, look: Callable[[], T], what: str) -> T:
        wait = WebDriverWait(self.driver, PATIENCE_S, 0.02, ignored_exceptions=MOVING)
        return wait.until(lambda _: look(), what)

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css: str) -> WebElement:
        return self.until(lambda: next(iter(self.all(css)), None), f"no {css}")

    def shown(self, css: str) -> WebElement:
        return self.until(lambda: self.seen(css), f"{css} is not shown")

    def gone(self, css: str) -> None:
        self.until(lambda: self.seen(css) is None, f"{css} is still there")

    def says(self, css: str, *words: str) -> WebElement:
        """Wait for an element that shows all these words."""
        return self.until(lambda: self.seen(css, *words), f"no {css} says {words}")

    def seen(self, css: str, *words: str) -> WebElement | None:
        """Return the first that is shown now and shows all these words."""
        return self.driver.execute_script(SHOWN, css, *words)

    def click(self, css: str, text: str = "") -> WebElement:
        """Click the element that shows a text."""

        def press() -> WebElement:
            node = self.says(css, text)
            node.click()
            return node

        return self.until(press, f"cannot click {css} {text}")

    def type(self, css: str, *keys: str) -> None:
        """Click a field and type; a form may be drawn anew in that very moment."""

        def typed() -> bool:
            self.shown(css).click()
            self.shown(css).send_keys(*keys)
            return True

        self.until(typed, f"cannot type into {css}")

    def action(self, action_id: str, value: str | None = None) -> str:
        """The selector of an interactive element."""
        more = "" if value is None else f"[data-value='{value}']"
        return f"[data-action-id='{action_id}']{more}"

    def keys(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()

    def write(self, text: str, pane: str = "#channel") -> None:
        """Type into the composer of a pane and send."""
        self.one(f"{pane} .composer textarea").send_keys(text, Keys.ENTER)

    def message(self, at: str) -> WebElement:
        return self.one(f"article[data-ts='{at}']")

    def focused(self) -> WebElement:
        return self.driver.switch_to.active_element

    def run(self, script: str, *arguments: object) -> Any:
        """Run an async function body of the page; `arguments` is its array."""
        wrapped = (
            "const done = arguments[arguments.length - 1];"
            f"(async (...args) => {{ {script} }})(...arguments)"
            ".then((value) => done({value}), (error) => done({error: String(error)}))"
        )
        answer = self.driver.execute_async_script(wrapped, *arguments)
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer.get("value")
