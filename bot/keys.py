"""Where the bot's keys come from: the settings, or files beside the database."""

import structlog

from bot.key_settings import KeySettings
from bot.settings import Settings
from bot.store.keys import GivenKeys, KeyFile, KeySource, key_file_of
from bot.store.seal import read_keyring
from bot.store.signing import SigningKey, key_in, own_key, own_key_path, read_key

log = structlog.get_logger(__name__)


def key_source(settings: KeySettings) -> KeySource:
    """Return where the keys of the database are; raise SettingsError.

    Without a setting they are in a file beside the database, made with it.
    """
    if settings.data_key is not None:
        return GivenKeys(read_keyring(settings.data_key.get_secret_value()))
    if settings.data_key_file is not None:
        return KeyFile(settings.data_key_file, required=True)
    return key_file_of(settings.database.resolve())


def signing_key(settings: Settings) -> SigningKey:
    """Return the key that signs the trail; one beside the database if none is set.

    Its public half is told in the log, for whoever checks a trail later. Raises
    SettingsError. Call it while the store is open: its lock lets one process make it.
    """
    if settings.signing_key is not None:
        key, where = read_key(settings.signing_key.get_secret_value()), "environment"
    elif settings.signing_key_file is not None:
        key, where = key_in(settings.signing_key_file), str(settings.signing_key_file)
    else:
        key = own_key(settings.database)
        where = str(own_key_path(settings.database))
    log.info("trail.signed", public_key=key.public_text, key_from=where)
    return key
