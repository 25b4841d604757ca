import pytest
from page_samples import problems, steps


def fenced(inside, word="check", front="fresh: 5m"):
    rows = "\n".join(f"   {row}" for row in inside.split("\n"))
    return f"---\n{front}\n---\n1. Look.\n   ```{word}\n{rows}\n   ```\n"


ROOM = 'room-converged: {room: "{room}"}'


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        (
            "room-convergd: {}",
            "6: there is no check 'room-convergd'. Did you mean 'room-converged'?",
        ),
        (
            "reconnect-participant: {}",
            (
                "6: there is no check 'reconnect-participant'. It is one of the "
                "actions: write ```action."
            ),
        ),
        ("other: {}", "6: there is no check 'other'."),
        (
            "room-converged: {rom: x, room: y}",
            (
                "6: 'room-converged' cannot be asked like this: rom: there is no such "
                "parameter. Did you mean 'room'?"
            ),
        ),
        (
            "room-converged:",
            "6: 'room-converged' cannot be asked like this: room: it is missing.",
        ),
        (
            "room-converged: {room: x, times: 0}",
            (
                "6: 'room-converged' cannot be asked like this: times: input should be "
                "greater than or equal to 1."
            ),
        ),
        (
            "room-converged: [x]",
            "6: what 'room-converged' is asked must be written {name: value}.",
        ),
        (
            'room-converged: {room: "{rom}"}',
            "6: the input {rom} is not declared. Did you mean 'room'?",
        ),
        (
            'room-converged: {room: "{zzz}"}',
            (
                "6: the input {zzz} is not declared. There are: incident, packet_type, "
                "participant, request_id, room."
            ),
        ),
        (
            f"{ROOM}\nwhen: token.status = 'ok'",
            (
                "7: in the guard `token.status = 'ok'`, column 14: this is no "
                "expression. Did you mean '=='?"
            ),
        ),
        (
            f"{ROOM}\nwhen: token.stats == 'ok'",
            (
                "7: no check yields the fact 'token.stats', so this guard is never "
                "told. Did you mean 'token.status'?"
            ),
        ),
        (f"{ROOM}\nwhen: true", "7: 'when' is no text. Put quotes around it."),
        (
            f"{ROOM}\nfresh: soon",
            "7: 'fresh' must be a length of time. Write, say, 90s, 5m, 1h or 1d.",
        ),
        (
            f"{ROOM}\nfresh: 0m",
            "7: 'fresh' must be a length of time. Write, say, 90s, 5m, 1h or 1d.",
        ),
        (
            f"{ROOM}\nverify: room-converged",
            "7: 'verify' belongs to an action; a check is its own proof.",
        ),
        (
            f"{ROOM}\nwhn: x",
            "7: a fence names one check; 'whn' is too much. Did you mean 'when'?",
        ),
        (
            f"{ROOM}\ntoken-endpoint: {{room: x}}",
            (
                "7: a fence names one check; 'token-endpoint' is too much. Make it "
                "a step of its own."
            ),
        ),
        (f"{ROOM}\n{ROOM}", "7: 'room-converged' is there twice."),
        (
            "when: room.converged",
            "5: this fence names no check. Write, say, `room-occupied: {room: ",
        ),
        (
            "",
            "5: this fence names no check. Write, say, `room-occupied: {room: ",
        ),
        ("just words", "6: this must be lines of `name: value`."),
    ],
)
def test_a_fence_that_is_wrong_says_where_and_what_to_write(inside, said):
    assert any(one.startswith(said) for one in problems(fenced(inside)))


def test_broken_yaml_in_a_fence_has_the_line_of_the_break():
    (said,) = problems(fenced("room-converged: {room: x}\nwhen: [a"))
    assert said.startswith(("7: this is not YAML", "8: this is not YAML"))


def test_an_action_is_verified_by_a_check():
    act = 'reconnect-participant: {room: x, identity: "{participant}"}'
    inside = f"{act}\nverify: room-convergd"
    assert problems(fenced(inside, "action")) == [
        "7: there is no check 'room-convergd'. Did you mean 'room-converged'?"
    ]


def test_a_check_is_no_action():
    (said,) = problems(fenced("room-converged: {room: x}", "action"))
    assert said.endswith("It is one of the checks: write ```check.")


def test_a_value_that_is_yet_to_come_is_not_judged():
    page = fenced('room-converged: {room: x, times: "{participant}"}')
    assert steps(page)[0].call.params["times"] == "{participant}"


def test_a_step_has_one_fence():
    page = fenced(ROOM) + f"   ```check\n   {ROOM}\n   ```\n"
    assert problems(page) == [
        "8: a step has one fence for the bot. Make this one a step of its own."
    ]


def test_a_fence_outside_the_steps_is_refused():
    page = f"1. Look.\n\n```check\n{ROOM}\n```\n"
    (said,) = problems(page)
    assert said.startswith("3: this check stands in no numbered step.")


def test_all_problems_are_shown_in_the_order_of_their_lines():
    page = fenced("room-convergd: {}", front="fro: x\nfor: [room.gone]")
    lines = [int(one.partition(":")[0]) for one in problems(page)]
    assert lines == sorted(lines)
    assert len(lines) == 3
