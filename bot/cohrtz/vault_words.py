"""What it means for the vault whether an app is its authority, or alone in the room."""

ALONE = "They are alone: an item added now makes a new key, whatever was before."
AUTHORITY = {
    True: "Their app takes itself for the authority: it makes a key if none ever was.",
    False: "Their app is no authority: it makes no key while others are there.",
    None: "Theirs is not the smallest identity, and who is the host is not known.",
}
