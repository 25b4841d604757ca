"""An invented Dart tree that logs exactly what the table has, one file a name."""

import re

from bot.artefacts.log_tables import log_templates
from bot.cohrtz.logs.template import Follows, Level, Template

ARGUMENTS = {
    Follows.NOTHING: "",
    Follows.ERROR: ", e",
    Follows.ERROR_AND_STACK: ", e, stack",
}


def table_as_dart() -> dict[str, str]:
    """Return the sources by path."""
    files: dict[str, list[tuple[int, str]]] = {}
    for template in log_templates():
        for site in template.sites:
            name, _, line = site.partition(":")
            files.setdefault(f"lib/{name}", []).append((int(line), call(template)))
    return {
        path: "void f() {\n" + "\n".join(text for _, text in sorted(calls)) + "\n}\n"
        for path, calls in files.items()
    }


def call(template: Template) -> str:
    """Return the call that prints a template's line."""
    text = template.text.replace("'", r"\'").replace("$", r"\$")
    text = re.sub(r"\{[A-Za-z]+\}(?!\w)", "$a", text, count=1)
    text = re.sub(r"\{[A-Za-z]+\}", "${b['x'] ?? '}'}", text)
    if template.level is Level.PRINT:
        return f"debugPrint('[{template.tag}] {text}');"
    level, more = template.level.lower(), ARGUMENTS[template.follows]
    return f"Log.{level}('{template.tag}', '{text}'{more});"
