"""Response addresses: Slack's hosts, or the host of the Slack that is configured."""

import pytest

from handlers.addresses import Addresses

SLACK = Addresses("https://slack.com/api/")
OTHER = Addresses("http://127.0.0.1:4000/api/")


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com/commands/T1/2/abc",
        "https://hooks.slack-gov.com/actions/T1/2/abc",
        "https://HOOKS.slack.com:443/app/1",
    ],
)
def test_slacks_own_are_known_to_every_bot(url):
    for known in (SLACK, OTHER):
        assert not known.stranger({"response_url": url})


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/commands/1",
        "https://hooks.slack.com.evil.example/commands/1",
        "https://evil.example/hooks.slack.com/",
        "https://hooks.slack.com@evil.example/",
        "https://hooks.slack.com:8443/commands/1",
        "https://evil.example\\@hooks.slack.com/",
        "https://hooks.slack.com\n.evil.example/",
        "//hooks.slack.com/commands/1",
        "https://[hooks.slack.com/",
        "https://127.0.0.1:4000/",
        "javascript:alert(1)",
        "x",
        7,
        ["https://hooks.slack.com/"],
    ],
)
def test_all_others_are_strangers(url):
    for known in (SLACK, OTHER):
        assert known.stranger({"response_url": url})
        assert known.stranger({"response_urls": [{"response_url": url}]})


def test_the_configured_slack_has_its_own_at_its_own_port():
    own = {"response_url": "http://127.0.0.1:4000/hooks/1"}
    assert not OTHER.stranger(own)
    assert SLACK.stranger(own)
    for one in ("1/hooks/1", "0.evil.example/", "0\\@evil.example/", "0/\n/"):
        assert OTHER.stranger({"response_url": f"http://127.0.0.1:400{one}"})


@pytest.mark.parametrize("odd", [{}, {"response_url": ""}, {"response_urls": []}])
def test_a_payload_without_one_is_fine(odd):
    assert not SLACK.stranger(odd)


@pytest.mark.parametrize("odd", [[None], ["x"], [{}]])
def test_one_that_cannot_be_read_is_a_stranger(odd):
    assert SLACK.stranger({"response_urls": odd})
