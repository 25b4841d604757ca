"""The room probe: a hidden, passive participant by the rtc SDK, in its own process.

The SDK kills its process when it breaks, and a connect cannot be cancelled; so it lives
in a child (`bot.probe.child`, the only module that imports it) which is killed instead.
"""
