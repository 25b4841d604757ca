"""The packets that the app's peers broadcast, and what they tell without any key.

`message` reads one, `judging` says whether its signature holds, `control` and `signals`
what it tells; `folding` keeps what was seen of each sender, `evidence`, `conclusion`
and `senders` say it.
Source of everything here: cohrtz_app at 6470ae3, and LiveKit for what a server carries.
"""

from bot.cohrtz.packets.conclusion import finding
from bot.cohrtz.packets.evidence import FACTS, facts
from bot.cohrtz.packets.folding import Observed, Sighting, observe, observe_all
from bot.cohrtz.packets.judging import Judged, Trust, judge
from bot.cohrtz.packets.message import Malformed, Packet, parse
from bot.cohrtz.packets.senders import Row, rows
from bot.cohrtz.packets.state import NOTHING_SEEN, State

__all__ = [
    "FACTS",
    "NOTHING_SEEN",
    "Judged",
    "Malformed",
    "Observed",
    "Packet",
    "Row",
    "Sighting",
    "State",
    "Trust",
    "facts",
    "finding",
    "judge",
    "observe",
    "observe_all",
    "parse",
    "rows",
]
