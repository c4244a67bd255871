-- Who may use the API. Only the hashes of the secrets are here.
CREATE TABLE tokens (
    id           uuid        PRIMARY KEY,
    sha256       bytea       NOT NULL CONSTRAINT tokens_sha256_unique UNIQUE
                             CONSTRAINT tokens_sha256_length CHECK (octet_length(sha256) = 32),
    scope        text        NOT NULL CONSTRAINT tokens_scope_known CHECK (scope IN ('viewer', 'operator', 'admin')),
    channel_id   uuid        REFERENCES channels ON DELETE CASCADE, -- the only one it opens, or all
    label        text        NOT NULL CONSTRAINT tokens_label_length CHECK (char_length(label) <= 200),
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz CONSTRAINT tokens_expiry CHECK (expires_at > created_at),
    revoked_at   timestamptz CONSTRAINT tokens_revocation CHECK (revoked_at >= created_at),
    last_used_at timestamptz,
    CONSTRAINT tokens_admin_of_all CHECK (scope <> 'admin' OR channel_id IS NULL)
);

CREATE INDEX tokens_by_age ON tokens (created_at, id);
