"""Which facts of the app contradict each other, and what that may mean."""

from bot.core.opposites import Opposite

OPPOSITES: tuple[Opposite, ...] = (
    Opposite(
        guard="token.accepted == true && log.server_refused_token > 0",
        means=(
            "A fresh token is let in, and the app's was not: the fault is over, or the "
            "app goes on with a saved token of before."
        ),
    ),
    Opposite(
        guard="token.status == 'ok' && log.token_fetch_failed > 0",
        means="The endpoint answers us now and did not answer the app then.",
    ),
    Opposite(
        guard="token.status != 'ok' && room.participant_state == 'active'",
        means=(
            "Who is connected stays so without a new token: an active session is no "
            "proof that tokens are fine."
        ),
    ),
    Opposite(
        guard="room.participant_state == 'active' && log.connect_gave_up > 0",
        means="The log is of an earlier time, or of another device.",
    ),
    Opposite(
        guard="keys.vault == 'healthy' && log.vault_unavailable > 0",
        means="The key came after that line, or the files are of two devices.",
    ),
    Opposite(
        guard="keys.vault == 'healthy' && log.vault_decrypt_failed > 0",
        means="A key is there and opens nothing: it is not the one of the peers.",
    ),
    Opposite(
        guard="keys.treekem_private == true && log.treekem_without_service > 0",
        means="The key's state is there, and no service runs on it: that is the fault.",
    ),
    Opposite(
        guard="database.integrity == 'ok' && log.sqlite_not_a_database > 0",
        means="The copy is of the file made anew, or another database is broken.",
    ),
    Opposite(
        guard="database.integrity == 'ok' && log.sqlite_malformed > 0",
        means="The copy is of another file or time than the error in the log.",
    ),
    Opposite(
        guard="copies.differ == false && counts.differ == true",
        means="The logs are older than the copies, or of merges that came in between.",
    ),
    Opposite(
        guard="copies.differ == false && packets.count_digits_apart > 0",
        means="The copies agree, and what peers broadcast does not: copy from all.",
    ),
    Opposite(
        guard="peers.online == 0 && packets.senders > 1",
        means="The capture is of a time when more people were in the room.",
    ),
)
