"""Files as devices leave them behind: sound, damaged, made anew, or forged.

They are made after the app's true layout and know nothing of the bot.
"""
