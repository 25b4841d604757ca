"""What a simulated workspace is made of: frozen values, no behaviour.

The defaults give a small, complete workspace: two responders, a guest, a person
of another company (Slack Connect), one who left, and the app's bot.
"""

from dataclasses import dataclass, field
from typing import Literal

Transport = Literal["http", "socket"]


@dataclass(frozen=True)
class Person:
    """A member as Slack's `users.info` describes one.

    `is_restricted` is a multi-channel guest, `is_ultra_restricted` a guest of one
    channel, `is_stranger` somebody of another team (Slack Connect).
    """

    id: str
    name: str
    real_name: str
    title: str = ""
    color: str = "4bbe2e"
    team_id: str = ""
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False

    @property
    def is_guest(self) -> bool:
        """Tell whether this is a guest of either kind."""
        return self.is_restricted or self.is_ultra_restricted


@dataclass(frozen=True)
class Channel:
    """A conversation and its members (user ids, the bot's among them or not)."""

    id: str
    name: str
    topic: str = ""
    members: tuple[str, ...] = ()
    is_private: bool = False
    is_im: bool = False
    is_ext_shared: bool = False
    is_archived: bool = False


@dataclass(frozen=True)
class UserGroup:
    """A user group: its handle is what people type after the @."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()


DEFAULT_SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
    }
)

DEFAULT_EVENTS = frozenset(
    {"app_home_opened", "app_mention", "file_shared", "message.channels"}
)


@dataclass(frozen=True)
class App:
    """The installed app: its ids, secrets, slash commands, scopes, subscriptions.

    `scopes` are what the bot token was granted; `events` are the subscribed bot
    events by the names of an app manifest (`message.channels`, `file_shared` ...).
    """

    id: str = "A0APP"
    name: str = "app"
    bot_user_id: str = "U0BOT"
    bot_id: str = "B0BOT"
    bot_token: str = "xoxb-simulated"  # noqa: S105 -- opens nothing but a simulation
    app_token: str = "xapp-simulated"  # noqa: S105 -- opens nothing but a simulation
    signing_secret: str = "simulated"  # noqa: S105 -- signs nothing but a simulation
    verification_token: str = "verify"  # noqa: S105 -- the old, unused one of Slack
    commands: tuple[str, ...] = ("/triage",)
    should_escape: bool = True
    scopes: frozenset[str] = DEFAULT_SCOPES
    events: frozenset[str] = DEFAULT_EVENTS


@dataclass(frozen=True)
class Limits:
    """How fast the app may be: posts per second and channel, and the method tiers.

    `enabled=False` switches every limit off, for benchmarks.
    """

    enabled: bool = True
    post_burst: int = 5
    posts_per_second: float = 1.0


DEFAULT_PEOPLE = (
    Person("U0RESP", "robin", "Robin Reyes", "On call", "2f6f4e"),
    Person("U0SECOND", "sam", "Sam Okafor", "Second responder", "4b5fa8"),
    Person(
        "U0GUEST", "gale", "Gale Guest", "Guest", "9a6b2f", is_ultra_restricted=True
    ),
    Person(
        "U0EXT",
        "eli",
        "Eli Extern",
        "Of another company",
        "8a3d6e",
        team_id="T0OTHER",
        is_stranger=True,
    ),
    Person("U0LEFT", "lou", "Lou Left", "Left the company", "777777", deleted=True),
    Person("U0BOT", "app", "App", "The app's bot", "3d3d3d", is_bot=True),
)

DEFAULT_CHANNELS = (
    Channel(
        "C0INC",
        "incidents",
        "What burns",
        ("U0RESP", "U0SECOND", "U0GUEST", "U0BOT"),
    ),
    Channel("C0GEN", "general", "Everybody", ("U0RESP", "U0SECOND")),
    Channel(
        "C0SHARED",
        "shared-with-other",
        "Slack Connect",
        ("U0RESP", "U0SECOND", "U0EXT", "U0BOT"),
        is_ext_shared=True,
    ),
    Channel(
        "G0PRIV",
        "war-room",
        "Private",
        ("U0RESP", "U0BOT"),
        is_private=True,
    ),
)

DEFAULT_GROUPS = (UserGroup("S0ONCALL", "oncall", "On call", ("U0RESP", "U0SECOND")),)


@dataclass(frozen=True)
class WorkspaceSettings:
    """One workspace and its one app.

    `events_url` is where Slack delivers over HTTP, if known from the start;
    `latency` (seconds) is added to every Web API answer; `answer_within` is how long
    Slack waits for the app (3 s in truth); `trigger_life` how long a trigger_id
    lives (3 s); `clock_factor` scales the waits between redeliveries of an event
    (1.0 is Slack's minute and five minutes, 0.0 is at once).
    """

    team_id: str = "T0TEAM"
    team_name: str = "Rehearsal"
    team_domain: str = "rehearsal"
    people: tuple[Person, ...] = DEFAULT_PEOPLE
    channels: tuple[Channel, ...] = DEFAULT_CHANNELS
    usergroups: tuple[UserGroup, ...] = DEFAULT_GROUPS
    app: App = field(default_factory=App)
    events_url: str | None = None
    transport: Transport = "http"
    latency: float = 0.0
    limits: Limits = field(default_factory=Limits)
    clock_factor: float = 1.0
    answer_within: float = 3.0
    trigger_life: float = 3.0
    journal_size: int = 100_000
