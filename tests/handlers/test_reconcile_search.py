"""What is searched for a post before it is repeated, and what if that is too much."""

from handlers import adopt
from rehearsal.slack import DropAfter, DropBefore, Fault
from tests.fakes.slack_calls import HERE, house, scripted

POST, LOOK = "chat.postMessage", "conversations.history"


async def test_where_too_much_was_said_to_search_it_is_not_posted_blindly(
    tmp_path, monkeypatch
):
    for name, value in (("PAGE", 2), ("PAGES", 1)):
        monkeypatch.setattr(adopt, name, value)
    async with house(tmp_path, wanted=scripted("card")) as at:
        at.workspace.faults.add(Fault(POST, DropAfter()))
        at.workspace.faults.add(Fault(LOOK, DropBefore()))
        async with at.drawing():
            incident = await at.open()
            await at.workspace.wait_for(lambda: at.calls(LOOK))
            for number in range(9):
                await at.workspace.post("U0RESP", HERE, f"{number}")
            await at.workspace.wait_for(lambda: len(at.calls(LOOK)) > 4)
            assert len(at.calls(POST)) == 1
            monkeypatch.setattr(adopt, "PAGES", 9)
            await at.drawn(incident)
        assert at.parts(incident) == ["card"]
        assert len(at.calls(POST)) == 1
