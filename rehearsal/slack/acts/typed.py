"""What Slack makes of typed text: mentions, channels, links, escapes."""

import re

from rehearsal.slack.directory import Directory

_TOKEN = re.compile(
    r"(?P<kept><(?:[@#][A-Z0-9]+(?:\|[^>]*)?|![a-z]+(?:\^[^>]*)?|https?://[^>\s]+)>)"
    r"|(?P<at>@[a-z0-9._-]+)|(?P<hash>\#[a-z0-9_-]+)|(?P<url>https?://[^\s<>]+)"
    r"|(?P<mark>[&<>])"
)
_MARKS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def as_sent(text: str, directory: Directory, *, named: bool = False) -> str:
    """Give typed text as it reaches the app.

    A known @name becomes <@U…>, a known #channel <#C…>, a link <https://…>; the rest
    of & < > is escaped. With `named`, ids carry their names, as slash commands that
    ask for escaping have them. What is in that form already stays.
    """

    def sent(match: re.Match[str]) -> str:
        found = match.group()
        if match.lastgroup == "mark":
            return _MARKS[found]
        if match.lastgroup == "url":
            return f"<{found}>"
        if match.lastgroup == "at":
            return _mention(found, directory, named=named)
        if match.lastgroup == "hash":
            return _channel(found, directory, named=named)
        return found

    return _TOKEN.sub(sent, text)


def _mention(found: str, directory: Directory, *, named: bool) -> str:
    if found in ("@channel", "@here", "@everyone"):
        return f"<!{found[1:]}>"
    for person in directory.people.values():
        if person.name == found[1:]:
            return f"<@{person.id}|{person.name}>" if named else f"<@{person.id}>"
    return found


def _channel(found: str, directory: Directory, *, named: bool) -> str:
    for channel in directory.channels.values():
        if channel.name == found[1:] and not channel.is_im:
            return f"<#{channel.id}|{channel.name if named else ''}>"
    return found
