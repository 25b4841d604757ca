"""The settings that single commands need without the others: rooms' secrets, keys."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "TRIAGE_"
SECRET_LENGTH = 32
"""Characters of a secret that no one guesses."""

CONFIG = SettingsConfigDict(
    env_prefix=PREFIX,
    env_file=".env",
    env_file_encoding="utf-8",
    env_ignore_empty=True,
    extra="ignore",
    frozen=True,
    hide_input_in_errors=True,
)


class RoomSecretSettings(BaseSettings):
    """What is needed to tell the secret with which a room's devices post."""

    model_config = CONFIG

    diagnostics_secret: Annotated[
        SecretStr | None,
        Field(
            description="the secret from which each room's own is derived, for posting "
            "diagnostics; a comma and an older one let that one in as well",
            examples=["the output of: openssl rand -base64 48"],
        ),
    ] = None

    @field_validator("diagnostics_secret")
    @classmethod
    def _is_long(cls, secret: SecretStr | None) -> SecretStr | None:
        given = secret.get_secret_value().split(",") if secret else []
        if any(len(one.strip()) < SECRET_LENGTH for one in given):
            raise ValueError(f"each needs {SECRET_LENGTH} characters or more")
        return secret

    @property
    def diagnostics_secrets(self) -> tuple[bytes, ...]:
        """Return the secrets of rooms' secrets, the current one first."""
        if self.diagnostics_secret is None:
            return ()
        given = self.diagnostics_secret.get_secret_value().split(",")
        return tuple(one.strip().encode() for one in given)


class KeySettings(BaseSettings):
    """What is needed to open the database: where it is, and the keys to it."""

    model_config = CONFIG

    database: Annotated[
        Path,
        Field(
            description="the SQLite file, made at the first start",
            examples=["/var/lib/cohrtz-triage/triage.db"],
        ),
    ] = Path("triage.db")
    data_key: Annotated[
        SecretStr | None,
        Field(
            description="the keys that seal content in the database, the first one "
            "seals, all open",
            examples=["2026-03:$(openssl rand -base64 32)"],
        ),
    ] = None
    data_key_file: Annotated[
        Path | None,
        Field(
            description="a file of such keys, one a line, instead; without either the "
            "keys are in a file beside the database, made with it",
            examples=["/run/secrets/triage-data-keys"],
        ),
    ] = None

    @model_validator(mode="after")
    def _has_one_keyring(self) -> Self:
        if self.data_key and self.data_key_file:
            raise ValueError("excludes:data_key_file")
        return self
