"""What the environment says, read once at start.

Every name has the prefix `TRIAGE_`. A missing or wrong one is told with its name, what
it is for and an example; a secret's value is never shown.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings

from bot.errors import SettingsError
from bot.key_settings import PREFIX, KeySettings, RoomSecretSettings

ENV_FILE = Path(".env")
RUNBOOKS = Path(__file__).parents[1] / "runbooks"

S = TypeVar("S", bound=BaseSettings)


class Settings(RoomSecretSettings, KeySettings):
    """The bot's settings; see each field's description and example."""

    slack_bot_token: Annotated[
        SecretStr,
        Field(
            description="the bot's token, from «OAuth & Permissions» of the Slack app",
            examples=["xoxb-…"],
        ),
    ]
    slack_app_token: Annotated[
        SecretStr | None,
        Field(
            description="the app-level token with connections:write, for Socket Mode",
            examples=["xapp-…"],
        ),
    ] = None
    slack_signing_secret: Annotated[
        SecretStr | None,
        Field(
            description="the signing secret, from «Basic Information», for HTTP",
            examples=["32 hexadecimal digits"],
        ),
    ] = None
    slack_api_url: Annotated[
        str,
        Field(
            description="another Slack to talk to: a simulated one, a double, a proxy",
            examples=["https://slack.com/api/"],
        ),
    ] = "https://slack.com/api/"
    transport: Annotated[
        Literal["http", "socket"],
        Field(description="how Slack reaches the bot", examples=["socket"]),
    ] = "socket"
    http_host: Annotated[
        str,
        Field(description="the address to listen on", examples=["127.0.0.1"]),
    ] = "127.0.0.1"
    http_port: Annotated[
        int,
        Field(
            ge=0,
            le=65_535,
            description="the port for Slack, webhooks and health",
            examples=["3000"],
        ),
    ] = 3000
    token_url: Annotated[
        str,
        Field(
            description="the Cohrtz token endpoint, without the query",
            examples=["https://r.cohrtz.com/token"],
        ),
    ]
    livekit_url: Annotated[
        str,
        Field(
            description="the LiveKit server",
            examples=["wss://livekit.cohrtz.com"],
        ),
    ]
    livekit_api_key: Annotated[
        str,
        Field(
            description="the LiveKit API key", examples=["APIxxxxxxxx"], min_length=1
        ),
    ]
    livekit_api_secret: Annotated[
        SecretStr,
        Field(
            description="the LiveKit API secret",
            examples=["at least 32 characters"],
        ),
    ]
    signing_key: Annotated[
        SecretStr | None,
        Field(
            description="the Ed25519 seed that signs the trail of incidents; without "
            "one the bot makes its own beside the database",
            examples=["the output of: openssl rand -base64 32"],
        ),
    ] = None
    signing_key_file: Annotated[
        Path | None,
        Field(
            description="a file with such a seed, instead",
            examples=["/run/secrets/triage-signing-key"],
        ),
    ] = None
    runbooks: Annotated[
        Path,
        Field(description="the folder of runbook pages", examples=["runbooks"]),
    ] = RUNBOOKS
    policy: Annotated[
        Path | None,
        Field(
            description="the file that says who may do what; without one nothing that "
            "disturbs anybody is run",
            examples=["deploy/policy.example.toml"],
        ),
    ] = None
    pace: Annotated[
        float,
        Field(
            gt=0,
            le=1000,
            description="how many times faster than the app's timers to verify; only "
            "the rehearsal needs another than 1",
            examples=["1"],
        ),
    ] = 1.0
    limit_person: Annotated[
        int,
        Field(
            ge=1,
            description="requests a minute that one person may make in Slack",
            examples=["120"],
        ),
    ] = 120
    limit_workspace: Annotated[
        int,
        Field(
            ge=1,
            description="requests a minute that all people together may make in Slack",
            examples=["3000"],
        ),
    ] = 3_000
    log_format: Annotated[
        Literal["auto", "json", "text"],
        Field(description="how logs are written; auto: text on a terminal"),
    ] = "auto"

    @field_validator("slack_api_url")
    @classmethod
    def _ends_with_slash(cls, url: str) -> str:
        return url if url.endswith("/") else f"{url}/"

    @field_validator("token_url", "slack_api_url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        return _with_scheme(url, ("http://", "https://"))

    @field_validator("livekit_url")
    @classmethod
    def _is_livekit(cls, url: str) -> str:
        return _with_scheme(url, ("ws://", "wss://", "http://", "https://"))

    @model_validator(mode="after")
    def _has_what_the_transport_needs(self) -> Self:
        needed = {"http": "slack_signing_secret", "socket": "slack_app_token"}
        name = needed[self.transport]
        secret = getattr(self, name)
        if secret is None or not secret.get_secret_value():
            raise ValueError(f"needs:{name}")
        return self

    @model_validator(mode="after")
    def _has_one_signing_key(self) -> Self:
        if self.signing_key and self.signing_key_file:
            raise ValueError("excludes:signing_key_file")
        return self

    @property
    def livekit_http_url(self) -> str:
        """Return the LiveKit server's address for HTTP."""
        return (
            self.livekit_url.replace("ws", "http", 1)
            if (self.livekit_url.startswith("ws"))
            else self.livekit_url
        )


def read_settings(env_file: Path | None = ENV_FILE) -> Settings:
    """Read the environment and `.env`; raise SettingsError that says what to do."""
    return _read(Settings, env_file)


def read_room_secrets(env_file: Path | None = ENV_FILE) -> tuple[bytes, ...]:
    """Read only the secrets of rooms' secrets; raise SettingsError if none is set."""
    secrets = _read(RoomSecretSettings, env_file).diagnostics_secrets
    if not secrets:
        missing = {"loc": ("diagnostics_secret",), "type": "missing", "msg": ""}
        raise SettingsError(_told(missing))
    return secrets


def read_key_settings(env_file: Path | None = ENV_FILE) -> KeySettings:
    """Read only where the database is and its keys; raise SettingsError."""
    return _read(KeySettings, env_file)


def _read(kind: type[S], env_file: Path | None) -> S:
    try:
        return kind(_env_file=env_file)
    except ValidationError as error:
        lines = [_told(one) for one in error.errors(include_input=False)]
        raise SettingsError("\n".join(lines)) from None
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError(f"{env_file} cannot be read: {why}.") from None


def _told(error: Mapping[str, Any]) -> str:
    message = str(error["msg"]).removeprefix("Value error, ")
    place = error["loc"]
    if "needs:" in message:
        name, what = message.partition("needs:")[2], "is missing"
    elif "excludes:" in message:
        name = message.partition("excludes:")[2]
        what = "is set besides its other form: keep one"
    else:
        name = str(place[0]) if place else "settings"
        what = "is missing" if error["type"] == "missing" else f"is wrong: {message}"
    field = Settings.model_fields.get(name)
    about = f" It is {field.description}." if field else ""
    example = field.examples[0] if field and field.examples else None
    shown = f" Example: {PREFIX}{name.upper()}={example}" if example else ""
    return f"{PREFIX}{name.upper()} {what}.{about}{shown}"


def _with_scheme(url: str, schemes: tuple[str, ...]) -> str:
    if not url.startswith(schemes):
        raise ValueError(f"it must start with {' or '.join(schemes)}")
    return url
