"""The words by which a plain page shows what is to be done and what is explained.

The lists are those of runbooks as operators write them in English. They decide how a
page is cut into steps, never whether its text is kept.
"""

import re

from bot.core.runbook.vocabulary import (
    ACTION_COLUMNS,
    ACTION_WORDS,
    AFTER_VERB,
    ALSO_NOUNS,
    BEFORE_WORK,
    EXPLAINING_WORDS,
    NOT_AFTER_VERB,
    VERBS,
)

_LEADING = re.compile(
    r"(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|then|next|now|also|finally|lastly|"
    r"please|just|always|otherwise|optionally|alternatively|afterwards|again|"
    r"carefully|manually|immediately|simply|either|or|and|at first|quickly|"
    r"temporarily|do not|don't|never)\b[,:]?\s+",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"(?:if|in|when|once|after|before|since|for|to|as|on|at|with|while|until|unless|"
    r"because|by|from|under|using|depending|given|whenever|during|where)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?:you|we|one|operators?|on-call)\b(?:'ll| will| would)?(?: \w+ly)? "
    r"(?:can|could|should|may|might|must|need|have to|want|shall|ought)\b"
    r"(?! (?:\w+ )?(?:see|find|notice|expect|observe|be|have|get)\b)",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\b(?:can|could|should|must|may|might|has to|have to|needs? to)\s+(?:also\s+)?be "
    r"(?:used|checked|run|restarted|verified|done|restored|deleted|removed|replaced|"
    r"increased|applied|changed|set|rolled|freed|added|moved|updated|taken|fixed)\b|"
    r"\bneeds? (?:a|an|manual|to)\b|\b(?:is|are) (?:required|advised|recommended) to\b|"
    r"\bit is (?:recommended|advisable|necessary|required)\b|\bmake sure\b",
    re.IGNORECASE,
)
_GERUND = re.compile(
    r"(?:check|runn?|us|verify|look|restart|increas|reduc|inspect|delet|scal|enabl|"
    r"disabl|revert|add|remov|updat|clear|mov|chang)ing\b.*\b(?:will|should|can|may|"
    r"helps?|fix(?:es)?|resolves?|clears?|might)\b",
    re.IGNORECASE | re.DOTALL,
)
_REST = re.compile(
    r"\b(?:the )?following (?:command|quer|script|snippet)|\bfor this purpose\b|"
    r"\b(?:this|these|that) (?:command|quer|script)",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"(?:see|refer to|read|more|further|for more|for further|additional)\b",
    re.IGNORECASE,
)
_STEP_HEADING = re.compile(
    r"(?:(?:step|phase|stage|option|task)\s+#?\d+\b|"
    r"\d{1,3}(?:[.):]|(?:\.\d{1,3})+[.):]?)\s)\s*[-.:\u2013\u2014)]*\s*",
    re.IGNORECASE,
)
_CAUSES = re.compile(
    r"\b(?:causes?|caused|reasons?|because|happens?|symptoms?|examples?|such as|"
    r"could be|may be|might be|means?|includes?|consists?)\b",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"\b(?:following|these|those|below|either|steps|in order|one of)\b", re.IGNORECASE
)
_SAMPLE = re.compile(
    r"\b(?:examples?|e\.g|samples?|outputs?|looks? (?:like|as)|expected|results?|"
    r"should (?:see|look|return|print|show|be)|prints|returns|yields|something like)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})*[.):]?\s+")
_NOTE_WORDS = r"(?:note|notes|warning|caution|tip|hint|important|info|danger|attention)"
_NOTE = re.compile(rf"{_NOTE_WORDS}\s*[:!\u2013\u2014-]", re.IGNORECASE)
_ADMONITION = re.compile(
    rf"\s*(?:>\s*)?(?:\[!\w+\]|!!!\s|:::\s*\w|\W{{0,6}}{_NOTE_WORDS}\W)", re.IGNORECASE
)
_WITHOUT_OBJECT = frozenset(["first", "then", "now", "also", "next"])
_SIGNS = re.compile(r"^[^\w\s`/$(\"'\[<#.-]{1,9}\s*")
"""What may stand before the first word without meaning anything: emojis, arrows."""
_WORD = re.compile(r"[a-z][a-z'-]*", re.IGNORECASE)
_QUALIFIED = re.compile(r"\b(?:for|of|when|in|on|if)\b|[(:]")
_CONJUNCTION = re.compile(r"\band\b|\bor\b|[&,/+]")
_TWO_WORDS = 80
LOOKED_AT = 600
"""How many characters of a sentence are read to tell what it is."""


def is_action_heading(title: str) -> bool:
    """Tell whether a heading says that acts follow."""
    return _announces(title) is True


def is_explaining_heading(title: str) -> bool:
    """Tell whether a heading says that what follows explains."""
    return _announces(title) is False


def _announces(title: str) -> bool | None:
    """Return whether a heading announces acts (True), explanations (False) or neither.

    What counts is the last word of each part: «Rollback trigger examples» are examples,
    «Impact and mitigation» asks for acts, «Contact the owner» is an act itself. Then an
    acting word anywhere counts, and an explaining word at the beginning.
    """
    said = title[:LOOKED_AT].lower()
    parts = _CONJUNCTION.split(_QUALIFIED.split(said, maxsplit=1)[0])
    last = {found[-1] for part in parts if (found := _WORD.findall(part))}
    every = set(_WORD.findall(said))
    first = set(_WORD.findall(said)[:1])
    verb = starts_with_verb(title)
    for acting, explaining, imperative in (
        (last, last, verb and bool(every & AFTER_VERB)),
        (every, first, verb),
    ):
        if acting & ACTION_WORDS or acting >= {"what", "do"}:
            return True
        if explaining & EXPLAINING_WORDS:
            return None if imperative else False
    return None


def is_step_heading(title: str) -> bool:
    """Tell whether a heading is itself a step: «Step 2: drain it», «3. Reboot».

    A number before «Diagnosis» or «Impact» only counts the sections.
    """
    found = _STEP_HEADING.match(title)
    if found is None:
        return False
    return not title[:1].isdigit() or _announces(title[found.end() :]) is None


def is_instruction(sentence: str) -> bool:
    """Tell whether a sentence, without Markdown, asks a person to do something."""
    text = _SIGNS.sub("", sentence[:LOOKED_AT].strip(), count=1)
    if _NOTE.match(text):
        return False
    main = _main_clause(text)
    return any(
        (
            _STEP_HEADING.match(text) is not None,
            starts_with_verb(text),
            starts_with_verb(main),
            _PERSON.match(main) is not None,
            _GERUND.match(main) is not None,
            _ASKING.search(text) is not None,
        )
    )


def starts_with_verb(text: str) -> bool:
    """Tell whether it starts like «check», after «then» and its like."""
    text = _bare(_NUMBER.sub("", _SIGNS.sub("", text, count=1), count=1))
    first, second = [*_WORD.findall(text.lower()[:_TWO_WORDS]), "", ""][:2]
    if first not in VERBS or not text.lower().startswith(first):
        return False
    if first in ALSO_NOUNS:
        return second in AFTER_VERB or not _WORD.match(text[len(first) :].lstrip())
    return second not in NOT_AFTER_VERB


def is_note(text: str) -> bool:
    """Tell whether a text is an admonition: «Note: …», «> [!WARNING]», «!!! tip»."""
    return _ADMONITION.match(text) is not None


def is_before_work(title: str) -> bool:
    """Tell whether a heading announces what must be known or had before the start."""
    return bool(set(_WORD.findall(title[:LOOKED_AT].lower())) & BEFORE_WORK)


def tells_acts(column: str) -> bool:
    """Tell whether a table's column tells what is to be done, by its header."""
    return bool(set(_WORD.findall(column[:LOOKED_AT].lower())) & ACTION_COLUMNS)


def is_bare_verb(lead: str) -> bool:
    """Tell whether a list's introduction is a verb whose objects are the items.

    Such as «Collect first:», «Check:», «Please verify:».
    """
    said = _bare(lead.strip().rstrip(":"))
    words = _WORD.findall(said.lower())
    return starts_with_verb(said) and set(words[1:]) <= _WITHOUT_OBJECT


def is_sample(sentence: str) -> bool:
    """Tell whether a sentence before code says that it is an example or an output."""
    said = sentence[:LOOKED_AT]
    return _SAMPLE.search(said) is not None and not goes_on(said)


def goes_on(sentence: str) -> bool:
    """Tell whether a sentence only gives the means for the one before it."""
    return _REST.search(sentence[:LOOKED_AT]) is not None


def is_pointer(sentence: str) -> bool:
    """Tell whether a sentence only points elsewhere: «See …», «More on …»."""
    return _POINTER.match(sentence.strip()) is not None


def names_causes(sentence: str) -> bool:
    """Tell whether a list's introduction announces causes or examples."""
    return _CAUSES.search(sentence[:LOOKED_AT]) is not None


def announces_acts(sentence: str) -> bool:
    """Tell whether a list's introduction adds nothing to its items."""
    return _GENERIC.search(sentence[:LOOKED_AT]) is not None


def _main_clause(text: str) -> str:
    """Return what follows «If …,»; a clause without a comma is not told apart."""
    for _ in range(3):
        head, comma, rest = text.partition(", ")
        if not comma or not _CLAUSE.match(_bare(head)):
            break
        text = rest
    return _bare(text)


def _bare(text: str) -> str:
    """Take «then», «also», «please» and their like off the beginning."""
    for _ in range(3):
        leading = _LEADING.match(text)
        text = text[leading.end() :] if leading else text
    return text
