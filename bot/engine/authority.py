"""Whether a person may do a deed, by the policy and by what is known of them now.

Who people are and which user groups they are in, only those know who talk to them;
the engine asks through a Protocol, at the press and again right before an act.
"""

from dataclasses import dataclass
from typing import Protocol

from bot.core.policy import QUIET, Deed, Policy, Ruling, Standing


class Standings(Protocol):
    """Knows who people are."""

    async def standing(
        self, user: str, usergroups: frozenset[str], *, fresh: bool
    ) -> Standing:
        """Tell what is known of a person, and in which of these groups they are.

        With `fresh`, what was learnt more than a minute ago counts as not known. It
        never raises: what cannot be learnt is not known.
        """
        ...


class NobodyKnown:
    """Knows nobody: nothing that disturbs may be done."""

    async def standing(
        self,
        user: str,
        usergroups: frozenset[str],  # noqa: ARG002  the shape of Standings
        *,
        fresh: bool,  # noqa: ARG002  the shape of Standings
    ) -> Standing:
        """Say that nothing is known."""
        return Standing(user=user, member=False, usergroups=None)


@dataclass(frozen=True)
class Authority:
    """Says who may do what."""

    policy: Policy
    standings: Standings

    async def rule(self, deed: Deed, user: str) -> Ruling:
        """Say whether the person may do the deed, asking who they are if need be."""
        groups = self.policy.usergroups(deed)
        known = await self.standings.standing(user, groups, fresh=deed not in QUIET)
        return self.policy.rule(deed, known)
