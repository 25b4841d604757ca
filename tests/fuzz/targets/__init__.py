"""The table of what is fuzzed, written out; one module each."""

from tests.fuzz.harness import Target
from tests.fuzz.targets import (
    action_values,
    archives,
    bot,
    bundles,
    commands,
    databases,
    diagnostics,
    jwts,
    listings,
    logs,
    messages,
    packets,
    pages,
    payloads,
    policies,
    probe_lines,
    reports,
    requests,
    views,
    webhooks,
)

TARGETS: dict[str, Target] = {
    one.name: one
    for one in (
        reports.TARGET,
        commands.TARGET,
        views.TARGET,
        payloads.TARGET,
        action_values.TARGET,
        requests.TARGET,
        packets.TARGET,
        jwts.TARGET,
        listings.TARGET,
        probe_lines.TARGET,
        diagnostics.TARGET,
        webhooks.TARGET,
        policies.TARGET,
        bundles.TARGET,
        logs.TARGET,
        pages.TARGET,
        databases.TARGET,
        archives.TARGET,
        messages.TARGET,
        bot.TARGET,
    )
}
