"""The words by which a plain page shows what is to be done and what is explained.

The lists are those of runbooks as operators write them in English. They decide how a
page is cut into steps, never whether its text is kept.
"""

import re


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ACTION_WORDS = _listed(
    """
    action actions checklist debug debugging diagnose diagnosis diagnostic
    diagnostics escalate escalation fix fixes fixing handling instructions
    investigate investigation mitigate mitigation mitigations playbook prevention
    procedure procedures recover recovery remediate remediation remediations
    repair resolution resolutions resolve response restoration restore rollback
    runbook solution solutions step steps tasks triage troubleshoot
    troubleshooting verification verify workaround workarounds
    """
)
_EXPLAINING_WORDS = _listed(
    """
    about alert appendix audience background cause causes changelog contact
    contacts context definition definitions description example examples
    explanation faq glossary history impact impacts introduction link links
    meaning metadata note notes overview owner owners prerequisite purpose reading
    reason reasons reference references related scope severity summary symptom
    symptoms trigger triggers
    """
)
_VERBS = _listed(
    """
    abort access acknowledge activate add adjust alert allocate analyse analyze
    apply approve archive ask assess assign attach avoid backfill backup ban block
    boot bounce build bump call cancel capture change check choose clean clear
    click clone close collect communicate compare compile complete configure
    confirm connect consider consult contact continue convert copy cordon correct
    create cross-check cycle debug decide decommission decrease decrypt defragment
    delete deploy describe destroy detach detect determine diagnose disable
    disconnect discuss do document double-check download drain drop dump edit
    enable ensure enter escalate estimate evaluate evict examine exclude exec
    execute expand export extend fail failover fetch file filter find finish fix
    flush follow force format free freeze gather generate get give go grant grep
    hold identify import increase indicate inform inspect install invalidate
    investigate invoke isolate issue join keep kill label launch leave let limit
    list locate lock log login look lookup lower make mark measure merge migrate
    mitigate modify monitor mount move navigate note notify observe obtain open
    optimize order page patch pause perform pick ping plan point post prepare
    press prevent print prioritize promote provide provision prune publish pull
    purge push put query quit raise re-run read reapply rebalance rebase reboot
    rebuild recheck reclaim reconfigure reconnect record recover recreate redeploy
    redirect reduce refer refresh register reindex reinstall reissue release
    reload remediate remember remount remove rename renew repair repeat replace
    replay replicate report reproduce request rerun reschedule reset resize
    resolve restart restore resume retrieve retry return revert review revoke roll
    rollback rotate route run save scale schedule search see select send set setup
    shift shrink shut shutdown sign silence simulate skip snapshot split spread
    ssh start stop store submit suspend swap switch sync synchronise synchronize
    tail take terminate test throttle trace track trigger troubleshoot try tune
    turn uncordon undo uninstall unlock unmount update upgrade upload use validate
    verify view visit wait watch whitelist wipe work write zap
    """
)
_ALSO_NOUNS = _listed(
    """
    access alert block cycle document file force format issue label limit lock log order
    page plan point query record release report request route test trace track view work
    """
)
"""Verbs that often begin a sentence as nouns: «Log files are kept for a day.»"""
_NOT_AFTER_VERB = _listed("of is are was were has have had can could will would may")
_AFTER_VERB = _listed(
    """
    a all an any at back by down each every for from how if in into it its on out that
    the these this those to up via whether which why with your
    """
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
    r"(?:(?:step|phase|stage|option)\s+\d+\b|\d+(?:\.\d+)*[.):]\s)\s*[-.:\u2013\u2014)]*\s*",
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
    «Impact and mitigation» asks for acts, «Contact the owner» is an act itself.
    """
    said = title[:LOOKED_AT].lower()
    parts = _CONJUNCTION.split(_QUALIFIED.split(said, maxsplit=1)[0])
    last = {found[-1] for part in parts if (found := _WORD.findall(part))}
    every = set(_WORD.findall(said))
    verb = starts_with_verb(title)
    for words, imperative in (
        (last, verb and bool(every & _AFTER_VERB)),
        (every, verb),
    ):
        if words & _ACTION_WORDS or words >= {"what", "do"}:
            return True
        if words & _EXPLAINING_WORDS:
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
    text = sentence[:LOOKED_AT].strip()
    main = _main_clause(text)
    return any(
        (
            starts_with_verb(text),
            starts_with_verb(main),
            _PERSON.match(main) is not None,
            _GERUND.match(main) is not None,
            _ASKING.search(text) is not None,
        )
    )


def starts_with_verb(text: str) -> bool:
    """Tell whether it starts like «check», after «then» and its like."""
    text = _bare(text)
    first, second = [*_WORD.findall(text.lower()[:_TWO_WORDS]), "", ""][:2]
    if first not in _VERBS or not text.lower().startswith(first):
        return False
    if first in _ALSO_NOUNS:
        return second in _AFTER_VERB or not _WORD.match(text[len(first) :].lstrip())
    return second not in _NOT_AFTER_VERB


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
