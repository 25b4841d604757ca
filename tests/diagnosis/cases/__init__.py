"""The labelled incidents: evidence, truth, and what misleads."""

from tests.diagnosis.cases.databases import DATABASES
from tests.diagnosis.cases.divergences import DIVERGENCES
from tests.diagnosis.cases.group_keys import KEYS
from tests.diagnosis.cases.none import NEITHER, TOO_LITTLE
from tests.diagnosis.cases.tokens import TOKENS
from tests.diagnosis.cases.vaults import VAULTS

PROPOSED = [*TOKENS, *KEYS, *VAULTS, *DATABASES, *DIVERGENCES]
"""Those in which one page is right."""
CASES = [*PROPOSED, *NEITHER, *TOO_LITTLE]
