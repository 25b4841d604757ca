"""Finds secrets in what git tracks: `make secrets`.

The patterns are those of detect-secrets, run over whole files: its own scan takes a
minute for this tree, for it asks every rule about every line. A finding is triaged in
tests/gate/triage.toml, with the reason why it may stay, or it fails the gate.
"""

import fnmatch
import hashlib
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.high_entropy_strings import HighEntropyStringsPlugin
from detect_secrets.plugins.keyword import KeywordDetector

ROOT = Path(__file__).parents[2]
TRIAGE = Path(__file__).with_name("triage.toml")
LIMITS = {"Base64 High Entropy String": 4.5, "Hex High Entropy String": 3.0}
"""Bits a letter from which on a quoted string looks random; detect-secrets' own."""

DATA = (
    "*.lock",
    "tests/gate/triage.toml",
    "*.json",
    "*.jsonl",
    "*.tsv",
    "LICENSE",
    "*/LICENSE",
    "*.md",
)
"""Full of hashes and prose: only what has a secret's own form is looked for there."""
LONGEST = 4 * 1024 * 1024


@dataclass(frozen=True)
class Found:
    """Something that looks like a secret; its digest names it without telling it."""

    path: str
    line: int
    kind: str
    digest: str

    def __str__(self) -> str:
        """Return it as a compiler does."""
        return f"{self.path}:{self.line}: {self.kind} ({self.digest})"


def plugins() -> tuple[Any, ...]:
    """Return every rule of detect-secrets but that of addresses."""
    kinds = get_mapping_from_secret_type_to_class()
    return tuple(
        kind(limit=LIMITS[name]) if name in LIMITS else kind()
        for name, kind in kinds.items()
        if "IP" not in name.split()
    )


def scan(path: str, text: str, rules: Sequence[Any]) -> Iterator[Found]:
    """Yield what looks like a secret in a file."""
    is_data = any(fnmatch.fnmatch(path, one) for one in DATA)
    for rule in rules:
        by_form = isinstance(rule, RegexBasedDetector)
        if is_data and not by_form:
            continue
        for at, secret in _places(rule, path, text):
            line = text.count("\n", 0, at) + 1
            digest = hashlib.sha256(secret.encode()).hexdigest()[:16]
            yield Found(path, line, rule.secret_type, digest)


def _places(rule: Any, path: str, text: str) -> Iterator[tuple[int, str]]:
    if isinstance(rule, RegexBasedDetector):
        for pattern in rule.denylist:
            yield from ((one.start(), one.group()) for one in pattern.finditer(text))
    elif isinstance(rule, HighEntropyStringsPlugin):
        for one in rule.regex.finditer(text):
            if rule.calculate_shannon_entropy(one[2]) > rule.entropy_limit:
                yield one.start(), one[2]
    elif isinstance(rule, KeywordDetector):
        yield from _keywords(rule, path, text)


def _keywords(rule: KeywordDetector, path: str, text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.splitlines(keepends=True):
        lower = line.lower()
        if any(
            word in lower for word in ("secret", "password", "passwd", "api", "key")
        ):
            found = rule.analyze_line(filename=path, line=line.rstrip(), line_number=1)
            yield from ((at, one.secret_value) for one in found)
        at += len(line)


def untriaged(found: Sequence[Found], triage: Sequence[dict[str, Any]]) -> list[Found]:
    """Return what nobody has looked at."""
    return [one for one in found if not any(_covers(entry, one) for entry in triage)]


def _covers(entry: dict[str, Any], one: Found) -> bool:
    digests = entry.get("digests")
    return (
        bool(str(entry.get("why", "")).strip())
        and fnmatch.fnmatch(one.path, entry["path"])
        and one.kind in entry["kinds"]
        and (digests is None or one.digest in digests)
    )


def tracked(root: Path = ROOT) -> list[str]:
    """Name the files that git tracks, and those that are about to be added."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    told = subprocess.run(listing, cwd=root, check=True, capture_output=True)  # noqa: S603  git, and nothing from outside
    return sorted(name for name in told.stdout.decode().split("\0") if name)


def texts(root: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the files that hold text, with it."""
    for name in names:
        path = root / name
        if not path.is_file() or path.is_symlink():
            continue
        content = path.read_bytes()
        if b"\0" not in content[:8_000] and len(content) <= LONGEST:
            yield name, content.decode("utf-8", "replace")


def main() -> int:
    """Scan, tell what is not triaged, return 1 if there is any."""
    triage = tomllib.loads(TRIAGE.read_text("utf-8")).get("secrets", [])
    rules = plugins()
    files = list(texts(ROOT, tracked()))
    found = [one for path, text in files for one in scan(path, text, rules)]
    left = untriaged(found, triage)
    for one in left:
        print(one)
    print(f"secrets: {len(files)} files, {len(found)} found, {len(left)} not triaged")
    return bool(left)


if __name__ == "__main__":
    sys.exit(main())
