"""The facts that files, packets and diagnostics may tell, which no check yields.

Pages may write guards over them. What each means stands with the reader that tells it;
which file that is, and who has it, in bot.cohrtz.whence.
"""


def _of(subject: str, names: str) -> frozenset[str]:
    return frozenset(f"{subject}.{name}" for name in names.split())


LOG = _of(
    "log",
    """
    build lines unknown_share
    token_invalid token_fetch_failed token_undecodable token_identity_missing
    server_refused_token token_refreshed token_rejected
    connect_failed connect_gave_up connect_overlapping janitor_reconnects
    connectivity_failed ice_retry
    gsk_wait_expired treekem_secret_failed treekem_without_service treekem_load_failed
    treekem_welcome_failed gsk_missing gsk_requested gsk_received gsk_buffered
    gsk_mac_failed queue_max no_encryption_key encryption_key_stored
    unicast_decrypt_failed secure_send_failed packets_replayed
    vault_wait_expired vault_previously_initialized vault_decrypt_failed
    vault_unavailable vault_requested vault_received vault_generated
    database_recreated sqlite_not_a_database sqlite_malformed sqlite_io
    database_open_repeats packet_store_failed secure_store_failed
    merge_failed merge_clock_drift merge_duplicate_node merge_schema merge_bad_hlc
    signature_failed unsigned_dropped unknown_sender packet_unparsable
    sync_response_failed roles_timed_out members_row_missing merge_markers
    """,
)
DATABASE = _of(
    "database",
    """
    header integrity size rows count hash platform fresh_node born_after_incident
    is_room future_rows rbac_suspects vault_items treekem_leaves
    """,
)
COMPARED = _of("copies", "differ tables_differing never_arriving compared") | _of(
    "counts", "differ tables_differing"
)
STORE = _of("store", "readable packets senders last_sender_silent")
KEYS = _of(
    "keys",
    """
    readable vault gsk treekem_private treekem_epoch token signing_seed host rooms
    """,
)
PACKETS = _of(
    "packets",
    """
    seen senders gsk_requests gsk_requesters gsk_repeats_max key_requests
    key_requesters keyed_handshakes handshake_requests invalid_signatures unsigned
    malformed key_changes identity_mismatches unknown_types epochs_apart path_max
    treekem_updates consistency_checks consistency_without_instance consistency_empty
    count_digits_apart encrypted_chunks
    """,
)
DIAGNOSTICS = _of(
    "diagnostics", "events sync_req_out data_in handshakes_in unanswered_sync"
)
SIGNALS = LOG | DATABASE | COMPARED | STORE | KEYS | PACKETS | DIAGNOSTICS
