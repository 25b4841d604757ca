"""Channels, threads, people, the composer, files, and what the page says by itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, Keys

from tests.rehearsal_page.page_driver import Page
from tests.rehearsal_page.page_stand_in import Refused, StandIn
from tests.rehearsal_page.page_world import (
    ADA,
    BEN,
    BOT,
    GENERAL,
    GIL,
    INCIDENT,
    message,
    ts,
    world,
)

SAY, COMMAND, FILE = (f"/page-api/{verb}" for verb in ("message", "command", "file"))


def said(offset: float, user: str, text: str, **more: object) -> dict[str, Any]:
    channel = more.pop("channel", INCIDENT)
    return {
        "type": "message",
        "channel": channel,
        "message": message(offset, user, text, **more),
    }


def test_one_is_whom_the_switcher_shows(page: Page, server: StandIn) -> None:
    page.click("[role=radio]", "Ben Okafor")
    server.wait_for_users(BEN)
    assert page.one("[role=radio][aria-checked=true]").get_attribute("data-user") == BEN
    page.write("hi")
    assert server.bodies(SAY)[0]["user"] == BEN
    assert f"user={BEN}" in page.driver.current_url


def test_a_guest_is_marked_and_the_bot_is_nobody_to_be(page: Page) -> None:
    people = [one.text for one in page.all("[role=radio]")]
    assert len(people) == 3
    assert "GUEST" in next(text for text in people if "Gil Hart" in text)


def test_who_names_nobody_becomes_the_first_person(server: StandIn, page: Page) -> None:
    page.driver.get("about:blank")
    page.open()
    server.wait_for_users(ADA)


def test_a_line_with_a_slash_is_a_command_and_any_other_a_message(
    page: Page, server: StandIn
) -> None:
    page.write("/triage room-7 no sync")
    page.write("any news?")
    place = {"user": ADA, "channel": INCIDENT}
    assert server.bodies(COMMAND) == [place | {"text": "/triage room-7 no sync"}]
    assert server.bodies(SAY) == [place | {"text": "any news?"}]


def test_a_slash_shows_the_known_command_and_tab_completes_it(page: Page) -> None:
    box = page.one("#channel textarea")
    box.send_keys("/tr")
    assert "Open an incident, or look at one" in page.shown(".commands").text
    box.send_keys(Keys.TAB)
    assert box.get_attribute("value") == "/triage "
    page.gone(".commands")


def test_shift_enter_breaks_the_line(page: Page, server: StandIn) -> None:
    box = page.one("#channel textarea")
    box.send_keys("one", Keys.SHIFT + Keys.ENTER + Keys.NULL, "two")
    assert box.get_attribute("value") == "one\ntwo"
    assert server.asked == []
    box.send_keys(Keys.ENTER)
    assert server.bodies(SAY)[0]["text"] == "one\ntwo"


def test_what_could_not_be_sent_is_not_lost(page: Page, server: StandIn) -> None:
    server.answers[COMMAND] = lambda _: Refused("/nonsense is not a valid command.")
    page.write("/nonsense x")
    page.says(".notice.error", "/nonsense is not a valid command.")
    box = page.one("#channel textarea")
    page.until(lambda: box.get_attribute("value") == "/nonsense x", "it is back")


def test_new_changed_and_deleted_messages_follow_by_themselves(
    page: Page, server: StandIn
) -> None:
    server.push(said(100, BEN, "looking"))
    page.says("article", "looking")
    server.push(said(100, BEN, "looked", edited={"ts": "1"}))
    page.says("article", "looked")
    assert page.message(ts(0)).text.endswith("hello")
    server.push({"type": "message_deleted", "channel": INCIDENT, "ts": ts(100)})
    page.gone(f"article[data-ts='{ts(100)}']")


def test_messages_stand_in_the_order_of_their_timestamps(
    page: Page, server: StandIn
) -> None:
    server.push(said(100, BEN, "later"))
    server.push(said(50, BEN, "earlier"))
    page.says("article", "earlier")
    order = [one.get_attribute("data-ts") for one in page.all("#channel article")]
    assert order == [ts(0), ts(50), ts(60), ts(100)]


def test_a_change_elsewhere_leaves_a_message_and_its_focus_alone(
    page: Page, server: StandIn
) -> None:
    page.type(page.action("hand-over"), "relay")
    server.push(said(100, BEN, "looking"))
    page.says("article", "looking")
    assert page.focused().get_attribute("value") == "relay"


def test_an_ephemeral_is_visible_to_its_reader_alone(
    page: Page, server: StandIn
) -> None:
    told = message(100, BOT, "not for you", bot_id="B0BOT")
    server.push({"type": "ephemeral", "channel": INCIDENT, "message": told}, ADA)
    node = page.says("article.ephemeral", "not for you")
    assert "Only visible to you" in node.text
    server.push({"type": "message_deleted", "channel": INCIDENT, "ts": ts(100)})
    page.gone("article.ephemeral")


def test_ephemerals_of_the_state_say_so_too(
    serve: Callable[..., StandIn], driver: Chrome
) -> None:
    told = message(1, BOT, "a private word", channel=INCIDENT)
    page = Page(driver, serve(world(ephemerals=[told])).url).open(ADA)
    assert "Only visible to you" in page.says("article", "a private word").text


def test_a_thread_opens_beside_and_takes_replies(page: Page, server: StandIn) -> None:
    assert page.one(".thread-link").text.startswith("1 reply")
    page.click(".thread-link")
    page.says("#thread article", "on it")
    page.write("me too", "#thread")
    assert server.bodies(SAY)[0]["thread_ts"] == ts(60)
    server.push(said(101, ADA, "me too", thread_ts=ts(60)))
    page.says("#thread article", "me too")
    page.says(".thread-link", "2 replies")
    assert "me too" not in page.one("#channel .stream").text
    authors = [one.text for one in page.all("#thread .author")]
    assert authors == ["Triage", "Ben Okafor", "Ada Moreno"]


def test_escape_closes_the_thread(page: Page) -> None:
    page.click(".thread-link")
    page.click("#thread textarea")
    page.keys(Keys.ESCAPE)
    page.gone("#thread")


def test_any_message_can_start_a_thread(page: Page) -> None:
    page.run("document.querySelector('article .reply').click()")
    assert page.shown("#thread").get_attribute("data-thread-ts") == ts(0)


def test_another_channel_tells_that_it_has_news(page: Page, server: StandIn) -> None:
    server.push(said(100, BEN, "news", channel=GENERAL))
    page.click("[aria-label='general, unread']")
    page.says("article", "news")
    assert page.one("#channel h1").text == "# general"
    page.gone(".unread")


def test_each_place_has_a_draft_of_its_own(page: Page) -> None:
    page.one("#channel textarea").send_keys("half a thou")
    page.click(".channels button", "general")
    page.until(
        lambda: page.one("#channel textarea").get_attribute("value") == "", "empty"
    )
    page.click(".channels button", "incident")
    box = page.one("#channel textarea")
    page.until(lambda: box.get_attribute("value") == "half a thou", "it is back")


def test_a_file_is_attached_by_the_button(
    page: Page, server: StandIn, tmp_path: Path
) -> None:
    log = tmp_path / "cohrtz.log"
    log.write_bytes(b"handshake timeout\n")
    page.one("#channel .file-input").send_keys(str(log))
    sent = server.bodies(FILE)[0]
    assert sent == {
        "user": ADA,
        "channel": INCIDENT,
        "name": "cohrtz.log",
        "content": b"handshake timeout\n",
    }


def test_a_file_dropped_on_the_thread_goes_into_it(page: Page, server: StandIn) -> None:
    page.click(".thread-link")
    page.shown("#thread")
    page.run(
        "const transfer = new DataTransfer();"
        "transfer.items.add(new File(['x y'], 'dump.txt', { type: 'text/plain' }));"
        "const pane = document.getElementById('thread');"
        "for (const type of ['dragenter', 'dragover', 'drop']) pane.dispatchEvent("
        "new DragEvent(type, { bubbles: true, cancelable: true,"
        "dataTransfer: transfer }));"
    )
    sent = server.bodies(FILE)[0]
    assert (sent["name"], sent["content"], sent["thread_ts"]) == (
        "dump.txt",
        b"x y",
        ts(60),
    )
    assert page.all(".dropping") == []


def test_a_shared_file_is_shown_with_its_size(page: Page, server: StandIn) -> None:
    file = {"id": "F1", "name": "a.log", "size": 2048, "mimetype": "text/plain"}
    server.push(said(100, GIL, "", files=[file]))
    assert "text/plain · 2.0 kB" in page.says(".file", "a.log").text
