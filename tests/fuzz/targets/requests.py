"""Headers and response addresses: refused with 401, and never read as another."""

from urllib.parse import urlsplit

from handlers.addresses import HOSTS, Addresses
from handlers.edge import SKEW, Refusal, _ascii, _stamp
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import must, refusal

NOW = 1_800_000_000
STAMPS = (str(NOW), str(NOW - 299), str(NOW + 301), "0", "-5")
SIGNATURES = ("v0=" + "ab" * 32, "v0=", "v1=00")
URLS = (
    "https://hooks.slack.com/commands/T1/2/abc",
    "https://hooks.slack-gov.com/actions/T1/2/abc",
    "https://hooks.slack.com@evil.example/",
    "https://evil.example/?hooks.slack.com",
    "http://127.0.0.1:4000/hooks/1",
    "https://[::1]/x",
)
KNOWN = Addresses("http://127.0.0.1:4000/api/")
OWN = "127.0.0.1"


def case(_, rng):
    ends = _header(_stamp, mutations.text(rng, STAMPS), NOW)
    _header(_ascii, mutations.text(rng, SIGNATURES))
    url = mutations.text(rng, URLS)
    if KNOWN.stranger({"response_url": url}):
        return ends
    must(not url or urlsplit(url).hostname in {*HOSTS, OWN}, f"{url!r} is taken")
    return "own address"


def _header(read, *given):
    try:
        told = read(*given)
    except Refusal as error:
        refusal(error)
        must(error.status == 401, "another status")
        return "refused"
    must(read is not _stamp or abs(int(told) - NOW) <= SKEW, "an old time is taken")
    return "taken"


TARGET = Target("requests", "headers, response addresses", 12_000, lambda: None, case)
