"""A policy under which members may do everything, and people who are all members."""

from dataclasses import dataclass, field

from bot.core.policy import MEMBERS, Deed, Policy, Standing
from bot.engine.authority import Authority

EVERYTHING = Policy(may={deed: frozenset({MEMBERS}) for deed in Deed}, given=True)


@dataclass
class Known:
    """Tells of people what a test says; of all others that they are members."""

    people: dict[str, Standing] = field(default_factory=dict)
    asked: list[tuple[str, bool]] = field(default_factory=list)

    async def standing(self, user, usergroups, *, fresh):
        self.asked.append((user, fresh))
        return self.people.get(user, Standing(user))


def allowed(policy: Policy = EVERYTHING) -> Authority:
    return Authority(policy, Known())
