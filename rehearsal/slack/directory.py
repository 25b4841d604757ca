"""Who and what there is: people, channels, user groups, and who is where."""

from dataclasses import replace
from typing import Any

from rehearsal.slack.clock import Ids
from rehearsal.slack.errors import SlackError, UserMistake
from rehearsal.slack.settings import Channel, Person, UserGroup, WorkspaceSettings

Json = dict[str, Any]


class Directory:
    """The workspace's people and conversations; memberships may change."""

    def __init__(self, settings: WorkspaceSettings, ids: Ids) -> None:
        """Begin as the settings say."""
        self._settings = settings
        self._ids = ids
        self.people: dict[str, Person] = {p.id: p for p in settings.people}
        self.channels: dict[str, Channel] = {c.id: c for c in settings.channels}
        self.groups: dict[str, UserGroup] = {g.id: g for g in settings.usergroups}

    def person(self, user: str) -> Person:
        """Look a person up for a Web API call; `user_not_found` else."""
        if user not in self.people:
            raise SlackError("user_not_found")
        return self.people[user]

    def actor(self, user: str) -> Person:
        """Look up somebody who wants to act: a living member, no bot."""
        person = self.people.get(user)
        if person is None:
            raise UserMistake(f"there is no user {user} here")
        if person.deleted or person.is_bot:
            raise UserMistake(f"{person.name} cannot act: deactivated or a bot")
        return person

    def seen(self, channel: str) -> Channel:
        """Look up a channel that the app may know of; `channel_not_found` else.

        A private channel does not exist for an app that is not in it.
        """
        found = self.channels.get(channel) or self._by_name(channel)
        if found is None and channel in self.people:
            found = self.direct(channel)
        if found is None or (found.is_private and not self.bot_in(found)):
            raise SlackError("channel_not_found")
        return found

    def joined(self, channel: str) -> Channel:
        """Look up a channel where the app is a member; `not_in_channel` else."""
        found = self.seen(channel)
        if not self.bot_in(found):
            raise SlackError("not_in_channel")
        return found

    def here(self, user: str, channel: str) -> Channel:
        """Look up the channel in which a person acts; they must be a member."""
        found = self.channels.get(channel)
        if found is None or user not in found.members:
            raise UserMistake(f"{user} is not in {channel}")
        if found.is_archived:
            raise UserMistake(f"{found.name} is archived")
        return found

    def bot_in(self, channel: Channel) -> bool:
        """Tell whether the app's bot is a member."""
        return self._settings.app.bot_user_id in channel.members

    def join(self, channel: str, user: str) -> Channel:
        """Make somebody a member."""
        found = self.channels[channel]
        if user not in found.members:
            found = replace(found, members=(*found.members, user))
            self.channels[channel] = found
        return found

    def leave(self, channel: str, user: str) -> None:
        """End a membership."""
        found = self.channels[channel]
        left = tuple(m for m in found.members if m != user)
        self.channels[channel] = replace(found, members=left)

    def set_group(self, group: UserGroup) -> None:
        """Change a user group, or add one."""
        self.groups[group.id] = group

    def set_person(self, person: Person) -> None:
        """Change a person (deactivate, make a guest), or add one."""
        self.people[person.id] = person

    def direct(self, user: str) -> Channel:
        """Give the direct conversation of the bot and a person, made if need be."""
        members = (user, self._settings.app.bot_user_id)
        for channel in self.channels.values():
            if channel.is_im and channel.members == members:
                return channel
        made = Channel(self._ids.mint("D"), self.people[user].name, members=members)
        made = replace(made, is_im=True)
        self.channels[made.id] = made
        return made

    def of(self, user: str) -> tuple[Channel, ...]:
        """Give the channels of a person."""
        return tuple(c for c in self.channels.values() if user in c.members)

    def team_of(self, user: str) -> str:
        """Give the team of a person: their own company's for a Connect guest."""
        person = self.people.get(user)
        return (person.team_id if person else "") or self._settings.team_id

    def _by_name(self, name: str) -> Channel | None:
        bare = name.removeprefix("#")
        found = [c for c in self.channels.values() if c.name == bare and not c.is_im]
        return found[0] if found else None
