"""What users of the app wrote or must keep to themselves, as it stands in its files."""

from dataclasses import dataclass

ROOM = "0195b2f0-0000-7000-8000-000000000000"
OTHER_ROOM = "0195b2f1-1111-7111-8111-111111111111"


@dataclass(frozen=True)
class Canary:
    """A text to plant, and the parts of it that must not be seen again."""

    name: str
    text: str
    secrets: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


CANARIES = (
    Canary(
        "merge-error",
        "MergeError(Invalid record: notes, record: {id: note:1, title: Canary title})",
        ("Canary title", "note:1"),
    ),
    Canary(
        "note-json",
        'Error decoding Note: {"title":"Canaryshopping","content":"Canarybody"}',
        ("Canaryshopping", "Canarybody"),
    ),
    Canary(
        "diag-dump",
        "DIAG notes: 3 total rows, [{id: 1, title: Canarydump}]",
        ("Canarydump",),
    ),
    Canary("invite-code", "invite code 8842-CANARY", ("8842-CANARY",)),
    Canary("data-room", OTHER_ROOM, (OTHER_ROOM,)),
    Canary("data-room-file", OTHER_ROOM.replace("-", "_"), ("0195b2f1_1111",)),
    Canary(
        "path",
        "/data/user/0/com.example.app/app_flutter/canaryfile.db",
        ("canaryfile", "com.example.app"),
    ),
    Canary("windows-path", "C:\\Users\\Canary\\Documents\\x.db", ("Canary",)),
    Canary(
        "token",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ",
        ("eyJhbGciOiJIUzI1NiJ9", "c2lnbmF0dXJl"),
    ),
    Canary("bearer", "Bearer canary-0123456789abcdef", ("canary-0123",)),
    Canary("slack-token", "xoxb-1234567890-canary", ("xoxb-1234567890",)),
    Canary(
        "key-base64",
        "Q2FuYXJ5S2V5Q2FuYXJ5S2V5Q2FuYXJ5S2V5MTIzNDU2Nzg=",
        ("Q2FuYXJ5S2V5",),
    ),
    Canary("key-hex", "ca" * 31 + "7e", ("ca" * 12,)),
    Canary(
        "token-url",
        "https://r.cohrtz.com/token?room=canary&participant=x",
        ("r.cohrtz.com/token", "room=canary"),
    ),
    Canary("mail", "canary@example.org", ("canary@example",)),
    Canary(
        "display-name",
        'profile "Canary Winterbottom-Smythe"',
        ("Winterbottom",),
    ),
)


def pasted(of: str) -> dict[str, str]:
    """Return a secret of each form that has one of its own, told apart by `of`."""
    return {
        "a token of Slack": "xoxb-" + f"99999-canary-of-a-{of}",
        "an app's token": "xapp-" + f"1-canary-of-a-{of}",
        "what a room posts with": "tdg_" + f"canary0of0a0{of}0000000000",
        "a JSON web token": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiJ4In0." + "Y2FuYXJ5",
        "an address": "hooks.slack.com/" + f"services/canary-of-a-{of}",
    }
