"""The world outside, reached: each module answers a Protocol of bot.world by wire."""
