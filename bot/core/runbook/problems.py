"""What is wrong with a page, said as a compiler says it."""

from pydantic import BaseModel

from bot.core.report import visible


class Problem(BaseModel, frozen=True):
    """One thing that keeps a page from being used, and where it is."""

    file: str
    line: int
    """Counts from 1 within the file."""
    message: str
    hint: str = ""
    """What to write instead, if that is known."""

    def __str__(self) -> str:
        """Return `file:line: message hint`, with nothing that hides in a terminal."""
        tail = f" {self.hint}" if self.hint else ""
        return str(visible(f"{self.file}:{self.line}: {self.message}{tail}"))


class Flaw(BaseModel, frozen=True):
    """A problem whose file its finder does not know."""

    line: int
    message: str
    hint: str = ""

    def within(self, file: str) -> Problem:
        """Return the problem as one of that file."""
        return Problem(file=file, line=self.line, message=self.message, hint=self.hint)
