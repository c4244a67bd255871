-- Secrets that publish to a channel. Only their hashes are here.
CREATE TABLE stream_keys (
    id               uuid        PRIMARY KEY,
    channel_id       uuid        NOT NULL REFERENCES channels ON DELETE CASCADE,
    sha256           bytea       NOT NULL CONSTRAINT stream_keys_sha256_unique UNIQUE
                                 CONSTRAINT stream_keys_sha256_length CHECK (octet_length(sha256) = 32),
    label            text        NOT NULL CONSTRAINT stream_keys_label_length CHECK (char_length(label) <= 200),
    allowed_networks text[]      NOT NULL CONSTRAINT stream_keys_networks CHECK (cardinality(allowed_networks) <= 32),
    created_at       timestamptz NOT NULL,
    expires_at       timestamptz CONSTRAINT stream_keys_expiry CHECK (expires_at > created_at),
    revoked_at       timestamptz CONSTRAINT stream_keys_revocation CHECK (revoked_at >= created_at),
    last_used_at     timestamptz,
    last_used_from   text,
    CONSTRAINT stream_keys_use CHECK ((last_used_at IS NULL) = (last_used_from IS NULL))
);

CREATE INDEX stream_keys_of_channel ON stream_keys (channel_id, created_at, id);
