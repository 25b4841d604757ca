"""What the handlers work with: the service, the people, what may be looked up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.clients.webhooks import WebhookDoor
from bot.core.rollback import Thresholds
from bot.core.runbook.pages import Library
from bot.engine.authority import Authority
from bot.engine.dry_run import DryRun
from bot.engine.foreground import Foreground
from bot.engine.service import Service
from bot.engine.watch import Watch
from bot.world.rooms import Rooms
from bot.world.transitions import Transitions
from handlers.channels import Channels
from handlers.crowd import Crowd
from handlers.errands import Errands
from handlers.exporting import Exports
from handlers.people import People
from handlers.render.words import Catalogue
from handlers.slack import SlackClient


@dataclass(frozen=True)
class Desk:
    """Everything that a handler needs; joined once, in `handlers.serve`."""

    service: Service
    library: Library
    titles: Mapping[str, str]
    """What each check looks at, and each action does."""
    rooms: Rooms
    recorded: Transitions
    watch: Watch
    foreground: Foreground
    people: People
    authority: Authority
    """Says who may do what."""
    channels: Channels
    exports: Exports
    slack: SlackClient
    door: WebhookDoor
    now: Callable[[], datetime]
    dry_run: DryRun
    catalogue: Catalogue
    """What messages must know beyond an incident."""
    reference: Callable[[], str]
    """Makes an id under which an error can be found in the log."""
    thresholds: Thresholds = field(default_factory=Thresholds)
    """When a rollback is proposed, and how its playbook is paced."""
    errands: Errands = field(default_factory=Errands)
    crowd: Crowd = field(default_factory=Crowd)
    """How much people may ask for at once."""
