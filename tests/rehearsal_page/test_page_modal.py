"""A form: filled in, kept on the server, refused beside its fields, submitted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, Keys

from tests.rehearsal_page.page_driver import Page
from tests.rehearsal_page.page_stand_in import Refused, StandIn
from tests.rehearsal_page.page_world import (
    ADA,
    BEN,
    button,
    field,
    modal,
    mrkdwn,
    open_view,
    option,
    plain,
    section,
    world,
)

INPUT, SUBMIT, CLOSE = (
    f"/page-api/view/{verb}" for verb in ("input", "submit", "close")
)
ROOM = field("room", "Room", {"type": "plain_text_input", "action_id": "name"})
NOTE = field(
    "note",
    "What you saw",
    {"type": "plain_text_input", "action_id": "text", "multiline": True},
    optional=True,
    hint=plain("One line a fact"),
)
WARNING = {
    "type": "alert",
    "level": "warning",
    "text": mrkdwn("*room-7* is open already"),
}
LOGS = field(
    "logs",
    "Logs",
    {"type": "file_input", "action_id": "files", "max_files": 2},
    optional=True,
)
Open = Callable[..., tuple[StandIn, Page]]


@pytest.fixture
def open_modal(serve: Callable[..., StandIn], driver: Chrome) -> Open:
    def start(*blocks: dict[str, Any], **more: object) -> tuple[StandIn, Page]:
        view = open_view(modal(*blocks), **more)
        server = serve(world(views=[view]))
        page = Page(driver, server.url).open(ADA)
        page.shown("dialog.modal")
        return server, page

    return start


def kept(server: StandIn, count: int) -> object:
    return server.bodies(INPUT, count)[-1]["state"]


def test_a_modal_shows_its_title_fields_hints_and_alert(open_modal: Open) -> None:
    _, page = open_modal(WARNING, ROOM, NOTE)
    text = page.one("dialog.modal").text
    for words in (
        "Open an incident",
        "Room",
        "(optional)",
        "One line a fact",
        "Cancel",
    ):
        assert words in text
    assert page.one(".alert").get_attribute("data-level") == "warning"
    labelled = page.one(page.action("name")).get_attribute("aria-labelledby")
    assert page.one(f"#{labelled}").text == "Room"


def test_typing_is_kept_on_the_server_when_it_pauses(open_modal: Open) -> None:
    server, page = open_modal(ROOM)
    page.type(page.action("name"), "room-7")
    state = {"type": "plain_text_input", "value": "room-7"}
    page.until(lambda: kept(server, 1) == state, "the last word is kept")
    assert server.bodies(INPUT)[-1]["block_id"] == "room"


def test_a_submit_comes_after_everything_typed(open_modal: Open) -> None:
    server, page = open_modal(ROOM)
    page.type(page.action("name"), "room-7", Keys.ENTER)
    server.bodies(SUBMIT)
    paths = [path for path, _ in server.asked]
    assert paths.index(SUBMIT) > max(i for i, path in enumerate(paths) if path == INPUT)
    assert kept(server, 1) == {"type": "plain_text_input", "value": "room-7"}


def test_an_error_stands_beside_its_field_and_what_was_typed_stays(
    open_modal: Open,
) -> None:
    server, page = open_modal(ROOM, NOTE)
    server.answers[SUBMIT] = lambda _: {"errors": {"room": "There is no such room."}}
    page.type(page.action("text"), "it broke")
    page.type(page.action("name"), "rom-7", Keys.ENTER)
    page.says("[data-block=room] .field-error", "There is no such room.")
    assert page.one(page.action("name")).get_attribute("value") == "rom-7"
    assert page.one(page.action("text")).get_attribute("value") == "it broke"
    assert page.one(page.action("name")).get_attribute("aria-invalid") == "true"
    page.until(
        lambda: page.focused().get_attribute("data-action-id") == "name", "focus"
    )


def test_an_error_goes_away_with_the_next_submit(open_modal: Open) -> None:
    server, page = open_modal(ROOM)
    server.answers[SUBMIT] = lambda _: {"errors": {"room": "No."}}
    page.type(page.action("name"), "x", Keys.ENTER)
    page.says(".field-error", "No.")
    server.answers[SUBMIT] = lambda _: {"closed": True}
    page.click("[data-role=submit]")
    page.gone(".field-error")


def test_an_empty_required_field_is_not_sent(open_modal: Open) -> None:
    server, page = open_modal(ROOM, NOTE)
    page.click("[data-role=submit]")
    page.says("[data-block=room] .field-error", "Please complete this required field.")
    assert page.all("[data-block=note] .field-error") == []
    assert [path for path, _ in server.asked if path == SUBMIT] == []


def test_the_servers_errors_and_values_are_shown(open_modal: Open) -> None:
    values = {"room": {"name": {"type": "plain_text_input", "value": "room-9"}}}
    _, page = open_modal(ROOM, values=values, errors={"room": "Gone."})
    assert page.one(page.action("name")).get_attribute("value") == "room-9"
    page.says(".field-error", "Gone.")


@pytest.mark.parametrize(
    "answer",
    [
        Refused("We had some trouble connecting."),
        {"failed": True, "notice": "We had some trouble connecting."},
    ],
)
def test_a_failed_submit_is_told_within_the_form(
    open_modal: Open, answer: object
) -> None:
    server, page = open_modal(ROOM)
    server.answers[SUBMIT] = lambda _: answer
    page.type(page.action("name"), "x", Keys.ENTER)
    page.says("dialog .modal-alert", "We had some trouble connecting.")
    assert page.one("[data-role=submit]").is_enabled()


def test_an_update_of_the_view_keeps_what_was_typed(open_modal: Open) -> None:
    server, page = open_modal(ROOM)
    page.type(page.action("name"), "room")
    server.push({"type": "view", "view": open_view(modal(WARNING, ROOM))})
    page.shown(".alert")
    page.keys("-7")
    assert page.one(page.action("name")).get_attribute("value") == "room-7"


def test_type_ahead_asks_after_the_form_is_kept(open_modal: Open) -> None:
    peer = {"type": "external_select", "action_id": "peer", "min_query_length": 0}
    server, page = open_modal(ROOM, field("peer", "Participant", peer))
    server.answers["/page-api/view/suggest"] = lambda body: {
        "options": [option(f"{body['typed']}peer-4", "p4")]
    }
    page.type(page.action("name"), "room-7")
    page.click(page.action("peer"))
    page.click("[role=option]", "peer-4")
    chosen = {"type": "external_select", "selected_option": option("peer-4", "p4")}
    page.until(lambda: kept(server, 2) == chosen, "the choice is kept")
    paths = [path for path, _ in server.asked]
    assert paths.index(INPUT) < paths.index("/page-api/view/suggest")
    assert page.one(page.action("peer")).get_attribute("value") == "peer-4"


@pytest.mark.parametrize(
    ("element", "click", "state"),
    [
        ({"type": "radio_buttons"}, "Low", {"selected_option": option("Low", "l")}),
        ({"type": "checkboxes"}, "High", {"selected_options": [option("High", "h")]}),
    ],
)
def test_choices_are_kept_as_slack_states_them(
    open_modal: Open, element: dict[str, Any], click: str, state: dict[str, Any]
) -> None:
    options = [option("High", "h"), option("Low", "l")]
    server, page = open_modal(
        field("f", "F", element | {"action_id": "a", "options": options})
    )
    page.click(".choice", click)
    assert kept(server, 1) == {"type": element["type"], **state}


def test_a_person_is_taken_out_of_a_multi_select(open_modal: Open) -> None:
    people = {
        "type": "multi_users_select",
        "action_id": "u",
        "initial_users": [ADA, BEN],
    }
    server, page = open_modal(field("who", "Who", people))
    page.click("[aria-label='Remove Ada Moreno']")
    assert kept(server, 1) == {"type": "multi_users_select", "selected_users": [BEN]}


def test_an_optional_choice_can_be_cleared(open_modal: Open) -> None:
    options = [option("High", "h")]
    pick = {"type": "static_select", "action_id": "s", "options": options}
    pick["initial_option"] = options[0]
    server, page = open_modal(field("f", "F", pick, optional=True))
    page.click("[aria-label=Clear]")
    assert kept(server, 1) == {"type": "static_select", "selected_option": None}


def test_a_button_in_a_modal_is_a_press_of_the_view(open_modal: Open) -> None:
    server, page = open_modal(
        section("x", accessory=button("Look", "look", "1"), block_id="s")
    )
    page.click(page.action("look"))
    pressed = server.bodies("/page-api/view/press")[0]
    assert (pressed["view_id"], pressed["action_id"], pressed["value"]) == (
        "V1",
        "look",
        "1",
    )


def test_an_input_that_dispatches_sends_its_press_on_enter(open_modal: Open) -> None:
    server, page = open_modal(ROOM | {"dispatch_action": True})
    page.type(page.action("name"), "r", Keys.ENTER)
    assert server.bodies("/page-api/view/press")[0]["value"] == "r"
    assert [path for path, _ in server.asked if path == SUBMIT] == []


def test_escape_closes_the_list_first_and_then_the_form(open_modal: Open) -> None:
    pick = {"type": "static_select", "action_id": "s", "options": [option("High", "h")]}
    server, page = open_modal(field("f", "F", pick))
    server.answers[CLOSE] = lambda body: server.tell(
        {"type": "view_closed", "id": body["view_id"]}
    )
    page.click(page.action("s"))
    page.shown(".popup")
    page.keys(Keys.ESCAPE)
    page.gone(".popup")
    assert page.one("dialog.modal").is_displayed()
    page.keys(Keys.ESCAPE)
    page.gone("dialog.modal")


def test_the_top_of_the_stack_is_shown_and_the_cross_closes_it_all(
    open_modal: Open,
) -> None:
    server, page = open_modal(ROOM)
    server.answers[CLOSE] = lambda body: server.tell(
        {"type": "view_closed", "id": body["view_id"]}
    )
    second = modal(NOTE, title=plain("More"))
    server.push({"type": "view", "view": open_view(second, "V2")})
    page.says("dialog.modal h2", "More")
    page.click("dialog.modal [aria-label=Close]")
    page.gone("dialog.modal")
    assert [body["view_id"] for body in server.bodies(CLOSE, 2)] == ["V2", "V1"]


def test_back_returns_to_the_form_below_with_its_words(open_modal: Open) -> None:
    server, page = open_modal(ROOM)
    server.answers[CLOSE] = lambda body: server.tell(
        {"type": "view_closed", "id": body["view_id"]}
    )
    page.type(page.action("name"), "room-7")
    server.push(
        {"type": "view", "view": open_view(modal(NOTE, title=plain("More")), "V2")}
    )
    page.says("dialog.modal h2", "More")
    page.click("dialog.modal [aria-label=Back]")
    page.says("dialog.modal h2", "Open an incident")
    assert page.one(page.action("name")).get_attribute("value") == "room-7"


def take_files(server: StandIn) -> None:
    """Let the workspace keep what is uploaded, under a number."""
    server.answers["/page-api/view/file"] = lambda body: {
        "file": {"id": f"F{body['name']}", "name": body["name"]}
    }


def names_held(server: StandIn, count: int) -> list[str]:
    return [one["name"] for one in kept(server, count)["files"]]


def test_files_are_chosen_listed_and_taken_out_again(
    open_modal: Open, tmp_path: Path
) -> None:
    server, page = open_modal(LOGS)
    take_files(server)
    for name in ("a.log", "b.db"):
        (tmp_path / name).write_bytes(b"x")
        page.one(f"dialog {page.action('files')}").send_keys(str(tmp_path / name))
        page.says(".chosen-files", name)
    sent = server.bodies("/page-api/view/file", 2)
    assert [(one["user"], one["content"]) for one in sent] == [(ADA, b"x")] * 2
    assert names_held(server, 2) == ["a.log", "b.db"]
    page.click("[data-file-name='a.log'] button")
    assert names_held(server, 3) == ["b.db"]


def test_files_may_be_dropped_on_their_field_up_to_its_most(open_modal: Open) -> None:
    server, page = open_modal(LOGS)
    take_files(server)
    page.run(
        "const transfer = new DataTransfer();"
        "for (const name of ['1', '2', '3'])"
        "  transfer.items.add(new File(['x'], name));"
        "document.querySelector('.file-field').dispatchEvent("
        "new DragEvent('drop', { bubbles: true, dataTransfer: transfer }));"
    )
    assert names_held(server, 1) == ["1", "2"]
