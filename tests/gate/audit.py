"""What the bot rests on: `make audit`; with ONLINE=1 also what is known against it.

Offline it is checked that every package is pinned with hashes, that what is installed
is what is locked and fits together, and that each licence is permissive or LGPL-like.
Advisories are on the network only, so offline they are NOT LOOKED AT, and that is said.
"""

import argparse
import asyncio
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[2]
TRIAGE = Path(__file__).with_name("triage.toml")
LOCKS = ("requirements.lock", "requirements-rehearsal.lock", "requirements-dev.lock")
OURS = "cohrtz-triage"
OSV = "https://api.osv.dev/v1/querybatch"
"""Advisories of PyPI, GitHub and others (osv.dev, POST /v1/querybatch)."""
PATIENCE = 20.0

_PIN = re.compile(r"([A-Za-z0-9._-]+)==([^\s;\\]+)")
_GOOD = re.compile(
    r"MIT(?:-0)?|BSD|[23]-Clause BSD|0BSD|ISC|Apache|PSF|Python Software Foundation"
    r"|MPL|Mozilla Public|LGPL|Lesser General|Zlib|CC0|Unlicense|HPND",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s+(?:AND|OR|WITH)\s+|;\s*|[()]")


@dataclass(frozen=True)
class Pinned:
    """A package of a lock."""

    name: str
    version: str
    hashes: int


def pinned(text: str) -> Iterator[Pinned]:
    """Read a lock: a line for each package, its hashes on the lines behind it."""
    for entry in re.split(r"\n(?=\S)", text.strip()):
        found = _PIN.match(entry)
        if found:
            hashes = entry.count("--hash=sha256:")
            yield Pinned(normal(found[1]), found[2], hashes)
        elif not entry.startswith("#"):
            yield Pinned(normal(entry.split()[0]), "", 0)


def normal(name: str) -> str:
    """Return a name as PEP 503 spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def lock_problems(name: str, packages: Iterable[Pinned]) -> Iterator[str]:
    """Say which packages of a lock are not pinned to bytes."""
    for one in packages:
        if not one.version:
            yield f"{name}: {one.name} is not pinned to one version."
        elif not one.hashes:
            yield f"{name}: {one.name} {one.version} has no hash."


def licence(told: Mapping[str, Any], classifiers: Iterable[str]) -> str:
    """Return what a package says of its licence; empty if it says nothing."""
    of_class = [c.rpartition("::")[2].strip() for c in classifiers if "License ::" in c]
    first = str(told.get("License") or "").split("\n")[0][:60]
    return str(told.get("License-Expression") or "; ".join(of_class) or first)


def is_permissive(text: str) -> bool:
    """Say whether every part of a licence is one that may be used here."""
    parts = [part.strip() for part in _SPLIT.split(text) if part.strip()]
    return bool(parts) and all(_GOOD.search(part) for part in parts)


def installed() -> dict[str, importlib.metadata.Distribution]:
    """Return what is installed beside this interpreter, by name."""
    found = importlib.metadata.distributions()
    return {normal(one.metadata["Name"]): one for one in found}


def problems_installed(
    locked: Mapping[str, set[str]],
    have: Mapping[str, Any],
    triage: Mapping[str, list[dict[str, Any]]],
) -> Iterator[str]:
    """Say what is installed otherwise than locked, and whose licence is not known."""
    past = {one["package"] for one in triage.get("unlocked", ())} | {OURS}
    read = {one["package"] for one in triage.get("licences", ()) if one["why"]}
    for name, one in sorted(have.items()):
        if name in past:
            continue
        if name not in locked:
            yield f"{name} is installed and not in any lock."
            continue
        if one.version not in locked[name]:
            yield f"{name} {one.version} is installed, and the lock has another."
        told = licence(one.metadata, one.metadata.get_all("Classifier") or ())
        if not is_permissive(told) and name not in read:
            yield f"{name}: its licence is «{told}», which triage.toml knows not."


def fitting() -> list[str]:
    """Return what pip says of packages that do not fit together."""
    check = [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"]
    told = subprocess.run(check, check=False, capture_output=True, text=True)  # noqa: S603  pip, and nothing from outside
    return told.stdout.splitlines() if told.returncode else []


async def advisories(
    packages: Iterable[Pinned], url: str = OSV
) -> dict[str, list[str]]:
    """Ask what is known against each; raise ConnectionError if nobody answers."""
    asked = sorted({(one.name, one.version) for one in packages if one.version})
    queries = [
        {"package": {"name": name, "ecosystem": "PyPI"}, "version": version}
        for name, version in asked
    ]
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.post(url, json={"queries": queries}, raise_for_status=True) as told,
        ):
            results = (await told.json())["results"]
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError) as error:
        raise ConnectionError(type(error).__name__) from None
    if len(results) != len(asked):
        raise ConnectionError("it answered for other packages")
    return {
        f"{name} {version}": [one["id"] for one in result.get("vulns", ())]
        for (name, version), result in zip(asked, results, strict=True)
        if result.get("vulns")
    }


def untriaged(
    found: Mapping[str, list[str]], triage: Mapping[str, list[dict[str, Any]]]
) -> list[str]:
    """Return the advisories that nobody has looked at."""
    read = {one["id"] for one in triage.get("advisories", ()) if one["why"]}
    return [
        f"{package}: {one}"
        for package, ids in sorted(found.items())
        for one in ids
        if one not in read
    ]


def main() -> int:
    """Check, tell, return 1 if something is wrong."""
    parser = argparse.ArgumentParser(prog="make audit", description=__doc__)
    parser.add_argument("--online", action="store_true", help="ask OSV for advisories")
    online = parser.parse_args().online
    triage = tomllib.loads(TRIAGE.read_text("utf-8"))
    locks = {name: list(pinned((ROOT / name).read_text("utf-8"))) for name in LOCKS}
    packages = [one for lock in locks.values() for one in lock]
    locked, have = versions(packages), installed()
    wrong = [
        *(w for name, lock in locks.items() for w in lock_problems(name, lock)),
        *problems_installed(locked, have, triage),
        *fitting(),
        *(untriaged_online(packages, triage) if online else ()),
    ]
    _tell(wrong, len(locked), sorted(locked.keys() - have.keys()))
    if not online:
        print("audit: advisories NOT LOOKED AT; with a network: make audit ONLINE=1")
    return bool(wrong)


def versions(packages: Iterable[Pinned]) -> dict[str, set[str]]:
    """Return the versions of each package, which may differ between platforms."""
    locked: dict[str, set[str]] = {}
    for one in packages:
        locked.setdefault(one.name, set()).add(one.version)
    return locked


def _tell(wrong: list[str], count: int, absent: list[str]) -> None:
    for problem in wrong:
        print(problem)
    print(f"audit: {count} packages, {len(wrong)} problems.")
    if absent:
        print(f"audit: not installed here, licence NOT LOOKED AT: {', '.join(absent)}.")


def untriaged_online(
    packages: Iterable[Pinned], triage: Mapping[str, list[dict[str, Any]]]
) -> list[str]:
    """Ask for advisories; that nobody answers is a problem for whoever asked."""
    try:
        return untriaged(asyncio.run(advisories(packages)), triage)
    except ConnectionError as error:
        return [f"Advisories could not be asked for ({error})."]


if __name__ == "__main__":
    sys.exit(main())
