"""The HMAC that is begun once, held against the one of the standard library."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from bot.store.mac import Mac


@given(st.binary(max_size=200), st.lists(st.binary(max_size=200), max_size=4))
def test_it_is_hmac_sha256_of_the_parts_joined_each_time(key, parts):
    mac = Mac(key)
    for _ in range(2):
        assert mac.of(*parts) == hmac.digest(key, b"".join(parts), "sha256")
