-- Broadcasts of channels.
CREATE TABLE streams (
    id                  text        PRIMARY KEY CONSTRAINT streams_id_form CHECK (id ~ '^[a-z0-9]{4,40}$'),
    channel_id          uuid        NOT NULL REFERENCES channels ON DELETE CASCADE,
    stream_key_id       uuid        REFERENCES stream_keys ON DELETE SET NULL, -- that opened it last
    node                uuid,       -- the server its broadcaster came to; none yet for a prepared one
    state               text        NOT NULL CONSTRAINT streams_state_known CHECK
                                    (state IN ('PENDING_INGEST', 'ACTIVE', 'RECONNECTING', 'ENDED_GRACEFULLY', 'ERROR')),
    title               text        NOT NULL CONSTRAINT streams_title_length CHECK (char_length(title) <= 200),
    description         text        NOT NULL CONSTRAINT streams_description_length CHECK (char_length(description) <= 5000),
    tags                text[]      NOT NULL CONSTRAINT streams_tags_count CHECK (cardinality(tags) <= 32),
    version             bigint      NOT NULL CONSTRAINT streams_version_positive CHECK (version > 0),
    created_at          timestamptz NOT NULL,
    started_at          timestamptz CONSTRAINT streams_start CHECK (started_at >= created_at), -- first media
    seen_at             timestamptz, -- latest sign of life
    ended_at            timestamptz CONSTRAINT streams_end CHECK (ended_at >= coalesce(started_at, created_at)),
    end_reason          text,
    reconnect_until     timestamptz,
    remote_address      text,
    encoder             text,
    tracks              jsonb       NOT NULL CONSTRAINT streams_tracks_array CHECK (jsonb_typeof(tracks) = 'array'),
    epochs              integer     NOT NULL CONSTRAINT streams_epochs CHECK (epochs >= 0),
    reconnects          integer     NOT NULL CONSTRAINT streams_reconnects CHECK (reconnects >= 0),
    received_bytes      bigint      NOT NULL CONSTRAINT streams_bytes CHECK (received_bytes >= 0),
    received_frames     bigint      NOT NULL CONSTRAINT streams_frames CHECK (received_frames >= 0),
    dropped_frames      bigint      NOT NULL CONSTRAINT streams_dropped CHECK (dropped_frames >= 0),
    repaired_timestamps bigint      NOT NULL CONSTRAINT streams_repaired CHECK (repaired_timestamps >= 0),
    -- Unknown until viewers are counted.
    viewer_sessions     bigint      CONSTRAINT streams_viewer_sessions CHECK (viewer_sessions >= 0),
    peak_viewers        integer     CONSTRAINT streams_peak_viewers CHECK (peak_viewers >= 0),
    watched_ms          bigint      CONSTRAINT streams_watched CHECK (watched_ms >= 0),
    CONSTRAINT streams_over CHECK ((state IN ('ENDED_GRACEFULLY', 'ERROR')) = (ended_at IS NOT NULL)),
    CONSTRAINT streams_over_reason CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CONSTRAINT streams_reconnecting CHECK ((state = 'RECONNECTING') = (reconnect_until IS NOT NULL)),
    CONSTRAINT streams_live_has_media CHECK (state NOT IN ('ACTIVE', 'RECONNECTING') OR started_at IS NOT NULL),
    CONSTRAINT streams_source CHECK ((node IS NULL) = (remote_address IS NULL)),
    CONSTRAINT streams_on_air_somewhere CHECK (state IN ('PENDING_INGEST', 'ENDED_GRACEFULLY') OR node IS NOT NULL)
);

-- A channel has one broadcaster, and one broadcast at most that was prepared.
CREATE UNIQUE INDEX streams_one_live ON streams (channel_id) WHERE ended_at IS NULL AND node IS NOT NULL;
CREATE UNIQUE INDEX streams_one_prepared ON streams (channel_id) WHERE ended_at IS NULL AND node IS NULL;

-- The order of lists, the latest first.
CREATE INDEX streams_by_age ON streams (created_at, id);
CREATE INDEX streams_of_channel ON streams (channel_id, created_at, id);
CREATE INDEX streams_of_key ON streams (stream_key_id) WHERE ended_at IS NULL;
