"""The words of runbooks as operators write them in English, as data."""


def listed(words: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(words.split())


ACTION_WORDS = listed(
    """
    action actions checklist checklists debug debugging diagnose diagnosis diagnostic
    diagnostics escalate escalation fix fixes fixing handling instructions investigate
    investigation mitigate mitigation mitigations playbook prevention procedure
    procedures recover recovery remediate remediation remediations repair resolution
    resolutions resolve response restoration restore rollback runbook solution solutions
    step steps tasks triage troubleshoot troubleshooting verification verify workaround
    workarounds
    """
)
EXPLAINING_WORDS = listed(
    """
    about alert appendix attachments audience background cause causes changelog contact
    contacts contents context definition definitions description details example
    examples explanation faq glossary history impact impacts introduction link links
    meaning metadata note notes overview owner owners purpose rationale reading reason
    reasons reference references related resources scope severity signs summary symptom
    symptoms terminology toc trigger triggers
    """
)
VERBS = listed(
    """
    abort access acknowledge acquire activate add adjust alert allocate analyse analyze
    apply approve archive ask assess assign attach avoid backfill backup ban block boot
    bounce bring browse build bump call cancel capture change check choose clean clear
    click clone close collect communicate compare compile complete configure confirm
    connect consider consult contact continue convert copy cordon correct create
    cross-check cycle debug decide declare decommission decrease decrypt defragment
    delete deploy describe destroy detach detect determine diagnose disable disconnect
    discuss do document double-check download drain drop dump edit enable ensure enter
    escalate estimate evaluate evict examine exclude exec execute expand export extend
    fail failover fetch file filter find finish fix flush follow force format free
    freeze gather generate get give go grant grep hold identify import include increase
    indicate inform inspect install invalidate investigate invoke isolate issue join
    keep kill label launch leave let limit list locate lock log login logout look lookup
    lower make mark measure merge message migrate mitigate modify monitor mount move
    navigate note notify observe obtain open optimize order page patch pause perform
    pick ping plan point post prepare press prevent print prioritize promote provide
    provision prune publish pull purge push put query quit raise re-run read reapply
    rebalance rebase reboot rebuild recheck reclaim reconfigure reconnect record recover
    recreate redeploy redirect reduce refer refresh register reindex reinstall reissue
    release reload remediate remember remount remove rename renew repair repeat replace
    replay replicate report reproduce request rerun reschedule reset resize resolve
    restart restore resume retrieve retry return revert review revoke roll rollback
    rotate route run save scale schedule search see select send set setup shift shrink
    shut shutdown sign silence simulate skip snapshot split spread ssh start stop store
    submit suspend swap switch sync synchronise synchronize tail take terminate test
    throttle trace track trigger troubleshoot try tune turn uncordon undo uninstall
    unlock unmount update upgrade upload use validate verify view visit wait watch
    whitelist wipe work write zap
    """
)
ALSO_NOUNS = listed(
    """
    access alert block cycle document file force format issue label limit lock log order
    page plan point query record release report request route test trace track view work
    """
)
"""Verbs that often begin a sentence as nouns: «Log files are kept for a day.»"""
NOT_AFTER_VERB = listed("of is are was were has have had can could will would may")
AFTER_VERB = listed(
    """
    a all an any at back by down each every for from how if in into it its on out that
    the these this those to up via whether which why with your
    """
)
BEFORE_WORK = listed(
    """
    before caution danger important precondition preconditions preparation prerequisite
    prerequisites requirements safety signs symptoms trigger triggers warning warnings
    """
)
"""Headings under which stands what must be known or had before the first step."""
ACTION_COLUMNS = listed(
    """
    action actions activity do instruction instructions mitigation procedure
    remediation remedy resolution step steps task tasks
    """
)
"""Headers of a table's column that tells what is to be done."""
TYPED = listed(
    """
    bash bat cmd console fish logql powershell promql ps1 sh shell shell-session
    shellsession sql terminal zsh
    """
) | {""}
"""Words behind a fence that say that a person types what is in it; most say nothing."""
