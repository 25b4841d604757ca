"""What a backup needs, and what is to be said of one by its listing, as mrkdwn."""

from typing import Final

from bot.cohrtz.backup import RULE, WARNING, WORDS, Backup, Completeness
from handlers.render.words import plural, prose

_SIGN: Final = {
    Completeness.COMPLETE: ":white_check_mark:",
    Completeness.INCOMPLETE: ":x:",
    Completeness.CANNOT_TELL: ":grey_question:",
}
_HOW: Final = (
    "`/triage backup LISTING` judges what `ls -l`, `dir`, `unzip -l` or `find` says of "
    "the folder; nothing is uploaded. `triage check backup PATH` does it in a terminal."
)


def guidance() -> str:
    """Return what belongs into a backup and how it is checked."""
    parts = [f"• {WORDS[part]}" for part in WORDS]
    lines = ["*A backup needs these together*", *parts, RULE, WARNING, _HOW]
    return "\n".join(prose(line) if line is not _HOW else line for line in lines)


def judged(backup: Backup) -> str:
    """Return the verdict, what was found of each part, and why."""
    found = [
        f"• {WORDS[one.part]}: {plural(len(one.files), 'file')}" for one in backup.held
    ]
    told = f"{_SIGN[backup.verdict]} *The backup: {backup.verdict}*"
    return "\n".join([told, *map(prose, [*found, *backup.because, WARNING])])
