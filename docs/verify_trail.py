"""Check the trail of an incident that `triage export` wrote, without the bot.

    python verify_trail.py BUNDLE --public-key K [--head HEAD[@EVENT]]

It needs Python 3.9 or newer and the package `cryptography`, and nothing of the bot, so
that whoever checks need not trust it. K is the public key in base64 or hexadecimal, as
the bot's log says it at start; HEAD is one that was posted in the incident's thread.
Both may be given again. Exit code 0: as it was; 1: not; 2: it cannot be checked.
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ODD = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)


def main():
    """Read the command line, check, and tell."""
    parser = argparse.ArgumentParser(description="Check the trail of an incident.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--public-key", action="append", required=True)
    parser.add_argument("--head", action="append", default=[])
    options = parser.parse_args()
    try:
        keys = [read_key(text) for text in options.public_key]
        bundle = json.loads(options.bundle.read_text(encoding="utf-8"))
        events = list(bundle["events"])
        problems = check(bundle["incident"], events, keys, options.head)
    except ODD as error:
        print(f"This cannot be checked: {error!r}", file=sys.stderr)
        return 2
    for problem in problems:
        print(f"NOT AS IT WAS: {problem}")
    if not problems:
        print(f"{len(events)} events, chained and signed, none of them changed.")
        if not any(events[-1]["seq"] in find(events, head) for head in options.head):
            print("No head of the last event was given: some may have been cut off.")
    return 1 if problems else 0


def read_key(text):
    """Return a public key; raise ValueError if it is none."""
    key = bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text)
    return Ed25519PublicKey.from_public_bytes(key)


def check(incident, events, keys, heads):
    """Return what is not as it was; nothing: all is."""
    problems = [] if events else ["there are no events"]
    previous, records = "00" * 32, erasures(events)
    for place, event in enumerate(events, 1):
        if event["seq"] != place:
            problems.append(f"event {event['seq']} stands at place {place}")
        said = ["cohrtz-triage link 1", incident, event["seq"], event["at"]]
        said += [event["by"], event["kind"], event["digest"], previous]
        if sha256(json.dumps(said, separators=(",", ":")).encode()) != event["link"]:
            problems.append(f"event {place}: the chain does not hold")
        if not signed(event, keys):
            problems.append(f"event {place}: not signed with a key that was given")
        problems += [f"event {place}: {wrong}" for wrong in content(event, records)]
        previous = event["link"]
    lost = [head for head in heads if not find(events, head)]
    return problems + [f"the head {head} is none of the links" for head in lost]


def content(event, records):
    """Say what is wrong with what an event says."""
    body, salt = event["body"].encode(), event["salt"]
    if salt is not None:
        if len(salt) != 64 or sha256(bytes.fromhex(salt) + body) != event["digest"]:
            yield "what it says was changed"
    elif event["seq"] not in records:
        yield "its words are gone, and no event says who erased them"
    elif records[event["seq"]] != sha256(body):
        yield "it was changed after its words were erased"


def erasures(events):
    """Return the digest of what is left of each erased event, as it was recorded."""
    found = [json.loads(one["body"]) for one in events if one["kind"] == "body.erased"]
    return {record["erased"]: record["left"] for record in found}


def signed(event, keys):
    """Say whether the key that the event names was given, and signed its link."""
    statement = b"cohrtz-triage trail 1\n" + bytes.fromhex(event["link"])
    named = [key for key in keys if key.public_bytes_raw().hex() == event["signer"]]
    try:
        for key in named:
            key.verify(bytes.fromhex(event["signature"]), statement)
    except InvalidSignature:
        return False
    return bool(named)


def find(events, head):
    """Return the numbers of the events whose link begins with a posted head."""
    digits, _, seq = head.replace("`", "").strip().lower().partition("@")
    alike = [one["seq"] for one in events if one["link"].startswith(digits)]
    return [one for one in alike if len(digits) >= 16 and seq in ("", str(one))]


def sha256(said):
    """Return the digest in hexadecimal."""
    return hashlib.sha256(said).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
