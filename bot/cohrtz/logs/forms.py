"""The forms that a tagged line can have: each template, and what follows an error.

A form is what stands at the line's start (`head`) and, if its end is certain, at its
end (`tail`). Under each tag there are two forms besides the templates: `[Tag] Error: `
and `[Tag] Stack trace:`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cohrtz.logs.template import Template, tags


@dataclass(frozen=True)
class Form:
    """How one kind of line begins and ends."""

    head: bytes
    tail: bytes
    exact: bool
    """Nothing stands between head and tail."""

    @property
    def weight(self) -> tuple[bool, int]:
        """Return what makes a form more specific than another."""
        return self.exact, len(self.head) + len(self.tail)

    def fits(self, line: bytes) -> bool:
        """Say whether a line, from its tag on, begins and ends like this."""
        spare = len(line) - len(self.head) - len(self.tail)
        right_size = spare == 0 if self.exact else spare >= 0
        return right_size and line.startswith(self.head) and line.endswith(self.tail)


@dataclass(frozen=True)
class Forms:
    """All forms, by number: first the templates, then errors, then stack traces."""

    templates: tuple[Template, ...]
    tags: tuple[str, ...]
    forms: tuple[Form, ...]

    @property
    def errors(self) -> int:
        """Return the number of the first tag's error form."""
        return len(self.templates)

    @property
    def stacks(self) -> int:
        """Return the number of the first tag's stack-trace form."""
        return len(self.templates) + len(self.tags)

    def tag_numbers(self) -> list[int]:
        """Return for each form the number of its tag."""
        numbers = {tag: number for number, tag in enumerate(self.tags)}
        of_templates = [numbers[one.tag] for one in self.templates]
        return [*of_templates, *range(len(self.tags)), *range(len(self.tags))]


def forms_of(templates: Sequence[Template]) -> Forms:
    """Return the forms for a table of templates."""
    known = tags(templates)
    return Forms(
        templates=tuple(templates),
        tags=known,
        forms=(
            *(_form(one) for one in templates),
            *(Form(f"[{tag}] Error: ".encode(), b"", exact=False) for tag in known),
            *(Form(f"[{tag}] Stack trace:".encode(), b"", exact=True) for tag in known),
        ),
    )


def _form(template: Template) -> Form:
    literals = template.literals
    tail = b"" if template.open or len(literals) == 1 else literals[-1]
    return Form(literals[0], tail, exact=len(literals) == 1)


def middles(template: Template) -> tuple[bytes, ...]:
    """Return the literals that stand between variables on the line."""
    literals = template.literals[: template.sure + 1]
    return literals[1:] if template.open else literals[1:-1]
