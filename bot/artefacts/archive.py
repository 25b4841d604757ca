"""Walking through a zip that nobody trusts: bounded members, bytes and depth.

What a zip claims of itself is not believed: members are counted as they are met, and
bytes as they come out. Names are told and never used as paths. A zip in a zip is
opened, one in that is not.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from bot.artefacts.copying import SPENT, NoScratch
from bot.artefacts.limits import (
    CHUNK,
    MAX_ENTRIES,
    MAX_EXPANDED,
    MAX_MEMBERS,
    MAX_RATIO,
    MIB,
    RATIO_FROM,
)

MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
"""How a zip begins: with a member, with none, or as one of several parts."""

_DEPTH = 1
_ENCRYPTED = 0x1
_NAME = 400


class Refused(Exception):  # noqa: N818  named for what is the case
    """The zip, or a member of it, is not read; the text says why."""


@dataclass(frozen=True)
class Budget:
    """How much may come out of a zip, and of the zips in it."""

    members: int = MAX_MEMBERS
    entries: int = MAX_ENTRIES
    expanded: int = MAX_EXPANDED


@dataclass
class Spent:
    """How much came out so far; one walk counts in one of these."""

    members: int = 0
    entries: int = 0
    expanded: int = 0


@dataclass(frozen=True)
class Member:
    """A file of the zip: lying at `path` in the scratch folder, or refused."""

    names: tuple[str, ...]
    number: int
    path: Path
    refused: str = ""


@dataclass
class Walk:
    """One walk through one zip; mutable, as it counts."""

    scratch: Path
    budget: Budget = field(default_factory=Budget)
    spent: Spent = field(default_factory=Spent)
    stopped: str = ""
    """Why the walk ended before the zip did; empty if it did not."""

    def members(self, path: Path) -> Iterator[Member]:
        """Yield the files of a zip, unpacked one by one; never raises on any bytes."""
        try:
            yield from self._members(path, ())
        except Refused as why:
            self.stopped = str(why)

    def _members(self, path: Path, names: tuple[str, ...]) -> Iterator[Member]:
        try:
            with zipfile.ZipFile(path) as archive:
                for info in archive.infolist():
                    yield from self._member(archive, info, names)
        except _BROKEN as error:
            raise Refused(_told(error)) from None

    def _member(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, names: tuple[str, ...]
    ) -> Iterator[Member]:
        self._count_entry()
        if _is_no_file(info):
            return
        number = self._count_member()
        target = self.scratch / f"{number:04}"
        named = (*names, info.filename[:_NAME])
        try:
            self._unpack(archive, info, target)
        except _BROKEN as error:
            yield Member(named, number, target, _told(error))
            return
        if is_zip(target):
            yield from self._nested(Member(named, number, target))
        else:
            yield Member(named, number, target)

    def _nested(self, member: Member) -> Iterator[Member]:
        if len(member.names) > _DEPTH:
            why = "It is a zip in a zip in a zip, which is not opened."
            yield Member(member.names, member.number, member.path, why)
            return
        try:
            yield from self._members(member.path, member.names)
        except Refused as why:
            if self._is_spent():
                raise
            yield Member(member.names, member.number, member.path, str(why))

    def _unpack(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path
    ) -> None:
        if info.flag_bits & _ENCRYPTED:
            raise _Locked
        size = 0
        with archive.open(info) as source, target.open("xb") as copy:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                self._count_bytes(len(chunk))
                if size > RATIO_FROM and size > MAX_RATIO * max(info.compress_size, 1):
                    raise Refused(_BOMB)
                copy.write(chunk)

    def _count_entry(self) -> None:
        self.spent.entries += 1
        if self.spent.entries > self.budget.entries:
            told = f"It has more than {self.budget.entries} entries"
            raise Refused(f"{told}; the rest was not read.")

    def _count_member(self) -> int:
        if self.spent.members >= self.budget.members:
            told = f"It has more than {self.budget.members} files"
            raise Refused(f"{told}; the rest was not read.")
        self.spent.members += 1
        return self.spent.members - 1

    def _count_bytes(self, count: int) -> None:
        self.spent.expanded += count
        if self.spent.expanded > self.budget.expanded:
            most = self.budget.expanded // MIB
            raise Refused(
                f"It expands to more than {most} MiB; it was read no further."
            )

    def _is_spent(self) -> bool:
        spent, budget = self.spent, self.budget
        return spent.expanded > budget.expanded or spent.entries > budget.entries


def is_zip(path: Path) -> bool:
    """Say whether a file begins as a zip does."""
    with path.open("rb") as file:
        return file.read(4) in MAGIC


class _Locked(Exception):  # noqa: N818  named for what is the case
    """The member is encrypted."""


_BOMB = (
    f"A file in it expands to more than {MAX_RATIO} times its packed size, as bombs "
    "do; it was read no further."
)
_BROKEN = (
    _Locked,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    LookupError,
)


def _told(error: Exception) -> str:
    """Say what is wrong with a zip; zipfile's own words may quote names."""
    if isinstance(error, _Locked):
        return "It is encrypted with a password, so it cannot be read; unlock it first."
    if isinstance(error, OSError) and error.errno in SPENT:
        return str(NoScratch(error))
    if isinstance(error, NotImplementedError):
        return "It is packed in a way that this bot cannot unpack; use plain zip."
    return f"The zip is damaged here ({type(error).__name__})."


def _is_no_file(info: zipfile.ZipInfo) -> bool:
    """Say whether it is a folder, a link, or what macOS adds beside each file."""
    mode = info.external_attr >> 16
    odd = mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode)
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    fork = "__MACOSX" in parts or (parts and parts[-1].startswith("._"))
    return bool(info.is_dir() or odd or fork or (parts and parts[-1] == ".DS_Store"))
