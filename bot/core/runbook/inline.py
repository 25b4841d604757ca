"""Text within a block: its sentences, and what it says without Markdown."""

import re
from functools import lru_cache

from markdown_it import MarkdownIt

from bot.core.runbook.wording import starts_with_verb

LONGEST_TITLE = 300
"""How many characters a step's title may have; its body keeps the whole."""
_LOOKED_AT = 2_000
"""How much of a text is read as Markdown: reading it all may take quadratic time."""

_MARKED = re.compile(r"[][`*_<>&\\!\x00]")
"""Letters without which a text is no more than it seems."""
_CODE = re.compile(r"(`{1,3})(?:(?!\1).){1,2000}?\1", re.DOTALL)
_LINK = re.compile(r"\]\([^()\n]{0,2000}\)")
_SHORTCODE = re.compile(
    r"\{\{[<%]\s{0,9}(?:rel)?ref\s{1,9}\"([^\"\n]{1,300})\"[^}]{0,9}\}\}"
)
_ELEMENT = re.compile(
    r"</?(?:a|abbr|b|br|code|del|details|div|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|pre|"
    r"q|s|samp|small|span|strike|strong|sub|summary|sup|table|td|th|tr|tt|u|ul|var|wbr)\b|<[!?]",
    re.IGNORECASE,
)
"""HTML that shows nothing itself; other words in <> are blanks to fill in."""
_END = re.compile(
    r"""(?<=[.!?])[*_)"']{0,3}(?:\s+(?=[A-Z`[*_"'(!$/])|\s*\n\s*(?=\S))|(?P<row>\n)(?=\S)"""
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|resp|incl|no|fig|cf)|\s[A-Z])\.$", re.IGNORECASE
)


def sentences(text: str) -> list[str]:
    """Cut a paragraph into sentences; joined again they are the paragraph.

    Nothing is cut within code or a link's address. A line break ends a sentence only if
    the next line starts with a capital verb, as in lists written without marks.
    """
    masked = _LINK.sub(_blank, _CODE.sub(_blank, text))
    cuts = [end for end in _END.finditer(masked) if _ends(masked, end)]
    starts = [0, *(cut.end() for cut in cuts)]
    ends = [*(cut.end() for cut in cuts), len(text)]
    parts = [text[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    return [part for part in parts if part]


def plain(text: str) -> str:
    """Return what a reader sees: no emphasis, no link addresses, on one line."""
    text = _SHORTCODE.sub(r"<\1>", text[:_LOOKED_AT])
    if not _MARKED.search(text):
        return " ".join(text.split())
    (inline,) = _parser().parseInline(text)
    seen = (_seen(part.type, part.content) for part in inline.children or ())
    return " ".join("".join(seen).split())


def title(text: str) -> str:
    """Return a text as a step's title: plain, bounded, without a trailing colon."""
    said = plain(text)
    if len(said) > LONGEST_TITLE:
        return said[: LONGEST_TITLE - 1].rstrip() + "…"
    return said.removesuffix(":").rstrip() or said


def anchor(heading: str) -> str:
    """Return a heading's anchor: small letters and digits joined by hyphens."""
    return "-".join(re.findall(r"\w+", heading.lower()))


def without_comments(text: str) -> str:
    """Take the HTML comments off a text; one that nobody closed stays."""
    kept, at = [], 0
    while (begins := text.find("<!--", at)) >= 0:
        ends = text.find("-->", begins)
        if ends < 0:
            break
        kept.append(text[at:begins])
        at = ends + len("-->")
    return "".join((*kept, text[at:])).strip("\n")


def says_more(text: str) -> bool:
    """Tell whether the title of a text loses something: an address, or the end."""
    return (
        len(plain(text)) > LONGEST_TITLE
        or len(text) > _LOOKED_AT
        or re.search(r"\]\(|\]\[|<[a-zA-Z/!]|https?://", text) is not None
    )


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark")


def _blank(found: re.Match[str]) -> str:
    return found[0][0] + "x" * (len(found[0]) - 1)


def _ends(text: str, end: re.Match[str]) -> bool:
    before, after = text[max(0, end.start() - 12) : end.start()], text[end.end() :][:60]
    if end["row"]:
        return after[:1].isupper() and starts_with_verb(after)
    return _ABBREVIATED.search(before) is None


def _seen(kind: str, content: str) -> str:
    if kind in {"text", "code_inline", "image", "text_special"}:
        return content
    if kind == "html_inline" and not _ELEMENT.match(content):
        return content
    return " " if kind in {"softbreak", "hardbreak"} else ""
