"""What a page may name: the checks, the actions and the facts of this deployment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel


@dataclass(frozen=True)
class CheckEntry:
    """A check: what it is asked, and the names of the facts that it may yield."""

    params: type[BaseModel]
    facts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ActionEntry:
    """An action: what it is asked."""

    params: type[BaseModel]


@dataclass(frozen=True)
class Catalogue:
    """The checks and actions by name, and the facts that come from elsewhere."""

    checks: Mapping[str, CheckEntry] = field(default_factory=dict)
    actions: Mapping[str, ActionEntry] = field(default_factory=dict)
    signals: frozenset[str] = frozenset()
    """Facts that no check yields: from logs, packets, uploads and the report."""

    @property
    def facts(self) -> frozenset[str]:
        """All facts that a guard can hope for."""
        return self.signals.union(*(check.facts for check in self.checks.values()))
