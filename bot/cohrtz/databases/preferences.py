"""The preferences file that the app's source calls SharedPreferences.

It holds, in clear, what the secure store's key is made of. Android keeps it as XML, iOS
and macOS as a property list, Linux and Windows as JSON; a browser has it in its
storage. The master key also depends on the name of the operating system.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.cohrtz.databases.names import INSTALL_ID, KDF_SALT
from bot.core.evidence import Finding, Value, bad, ok

FACTS = {
    "preferences.form": "xml, plist, binary-plist or json: of which system they are",
    "preferences.install_id": "whether the install id is there",
    "preferences.kdf_salt": "whether the salt is there",
}
LIMIT = 4_000_000
"""Bytes of a file that are looked at."""
WARNING = (
    "Together with the secure store they hold every key of every room: treat the two "
    "as a password that leaked, and delete them here when done."
)


class Form(StrEnum):
    """How the file is written."""

    XML = "xml"
    PLIST = "plist"
    BINARY_PLIST = "binary-plist"
    JSON = "json"


@dataclass(frozen=True)
class Preferences:
    """Which of the two secrets a file has; never their values."""

    form: Form | None
    has_install_id: bool = False
    has_kdf_salt: bool = False

    @property
    def is_ours(self) -> bool:
        """Say whether it has any of the two."""
        return self.has_install_id or self.has_kdf_salt


_BINARY = b"bplist00"
_MARK = b"\xef\xbb\xbf"
_VALUE = {
    Form.XML: rb'name="(?:flutter\.)?%b"[^<>]{0,40}(?:>[^<\s]|value="[^"])',
    Form.PLIST: rb"<key>(?:flutter\.)?%b</key>\s{0,40}<string>[^<\s]",
    Form.JSON: rb'"(?:flutter\.)?%b"\s{0,40}:\s{0,40}"(?:\\")?[^"\\]',
    Form.BINARY_PLIST: rb"%b",  # values stand elsewhere in it; the name must do
}


def form_of(start: bytes) -> Form | None:
    """Tell how a file is written from its first bytes."""
    if start.startswith(_BINARY):
        return Form.BINARY_PLIST
    plain = start.removeprefix(_MARK).lstrip()
    if plain.startswith(b"{"):
        return Form.JSON
    if not plain.startswith(b"<"):
        return None
    return Form.PLIST if b"<plist" in plain[:1000] else Form.XML


def looks_so(start: bytes) -> bool:
    """Say whether a file that begins so may be preferences."""
    return form_of(start) is not None


def preferences_in(content: bytes) -> Preferences:
    """Look for the two names with a value that is not empty."""
    form = form_of(content)
    if form is None:
        return Preferences(None)
    return Preferences(
        form, _has(content, form, INSTALL_ID), _has(content, form, KDF_SALT)
    )


def _has(content: bytes, form: Form, name: str) -> bool:
    return re.search(_VALUE[form] % name.encode(), content) is not None


def finding(found: Preferences) -> Finding:
    """Say which are there, and what that means."""
    facts: dict[str, Value] = {
        "preferences.install_id": found.has_install_id,
        "preferences.kdf_salt": found.has_kdf_salt,
    }
    if found.form is not None:
        facts["preferences.form"] = found.form.value
    if found.has_install_id and found.has_kdf_salt:
        return ok(f"Install id and salt are there. {WARNING}", facts)
    lack = "salt" if found.has_install_id else "install id"
    return bad(f"The {lack} is missing: its secure store cannot be opened.", facts)
