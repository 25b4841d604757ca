"""How much text Slack counts in blocks, in UTF-8 bytes.

Slack does not publish its rule; what a person can read is counted, as sent. The
9,000 byte budget leaves room for the part of each block that Slack adds (an issue of
slackapi/bolt-js measured 125 characters for a divider, April 2025).
"""

from typing import Final

# Keys whose string value a person reads.
_READ: Final = frozenset(
    {
        "text",
        "title",
        "alt_text",
        "description",
        "author_name",
        "provider_name",
        "fallback",
        "initial_value",
    }
)


def text_bytes(part: object) -> int:
    """Count the UTF-8 bytes of all text in a block, an element, or a list of them."""
    return sum(
        len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        for text in _texts(part)
    )


def text_length(part: object) -> int:
    """Count the characters of all text in a block, an element, or a list of them."""
    return sum(map(len, _texts(part)))


def _texts(part: object) -> list[str]:
    texts: list[str] = []
    _gather(part, texts)
    return texts


def _gather(part: object, texts: list[str]) -> None:
    # One list that grows: this runs over every node of every message that is sent.
    if isinstance(part, dict):
        for key, value in part.items():
            if not isinstance(value, str):
                _gather(value, texts)
            elif key in _READ:
                texts.append(value)
    elif isinstance(part, (list, tuple)):
        for entry in part:
            _gather(entry, texts)
