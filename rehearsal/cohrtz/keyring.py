"""Which secret signs and which is accepted, before, during and after a rotation."""

from rehearsal.cohrtz.faults import FaultKind, Faults
from rehearsal.cohrtz.settings import DeploymentSettings


class Keyring:
    """The API key and its secrets as the endpoint and the server know them.

    The configured secret is the one that the bot has too. `old` is what it was before
    a rotation, `new` what it becomes if the server rotates on its own.
    """

    def __init__(self, settings: DeploymentSettings, faults: Faults) -> None:
        """Make the secrets of a deployment; `faults` decide who knows which."""
        self.api_key = settings.api_key
        self._secret = settings.api_secret
        self._faults = faults
        self.before_rotation = False
        """While set, the server accepts the old secret too: the time before it was
        rotated, when today's sessions began."""

    @property
    def endpoint_secret(self) -> str:
        """Return the secret that the token endpoint signs with."""
        if FaultKind.ENDPOINT_SIGNS_AS_BEFORE in self._faults:
            return self._old
        return self._secret

    @property
    def server_secret(self) -> str:
        """Return the secret that the server signs its webhooks with."""
        if FaultKind.LIVEKIT_ROTATED in self._faults:
            return f"{self._secret}-after-rotation"
        return self._secret

    @property
    def accepted(self) -> tuple[str, ...]:
        """Return the secrets whose signatures the server accepts."""
        if self.before_rotation:
            return (self.server_secret, self._old)
        return (self.server_secret,)

    @property
    def _old(self) -> str:
        return f"{self._secret}-before-rotation"
