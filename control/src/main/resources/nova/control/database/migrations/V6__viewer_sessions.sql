-- Who watched what: one row from when somebody joins a stream until they leave.
CREATE TABLE viewer_sessions (
    id                uuid        PRIMARY KEY,
    stream_id         text        NOT NULL CONSTRAINT viewer_sessions_stream_form CHECK (stream_id ~ '^[a-z0-9]{4,40}$'),
    -- The session that the player names itself (CMCD's sid), else a keyed hash of address and user agent.
    viewer            text        NOT NULL CONSTRAINT viewer_sessions_viewer_length CHECK (char_length(viewer) BETWEEN 1 AND 64),
    identified        boolean     NOT NULL, -- by the player itself
    joined_at         timestamptz NOT NULL,
    last_seen_at      timestamptz NOT NULL,
    left_at           timestamptz,
    rendition         text        CONSTRAINT viewer_sessions_rendition_form CHECK (rendition ~ '^[a-z0-9][a-z0-9_-]{0,31}$'), -- the latest
    watched_ms        bigint      NOT NULL CONSTRAINT viewer_sessions_watched CHECK (watched_ms >= 0),
    stalls            integer     NOT NULL CONSTRAINT viewer_sessions_stalls CHECK (stalls >= 0),
    stalled_ms        bigint      NOT NULL CONSTRAINT viewer_sessions_stalled CHECK (stalled_ms >= 0),
    quality_switches  integer     NOT NULL CONSTRAINT viewer_sessions_switches CHECK (quality_switches >= 0),
    bytes             bigint      NOT NULL CONSTRAINT viewer_sessions_bytes CHECK (bytes >= 0), -- of media
    player            text        CONSTRAINT viewer_sessions_player_length CHECK (char_length(player) <= 64),
    user_agent_family text        CONSTRAINT viewer_sessions_agent_length CHECK (char_length(user_agent_family) <= 64),
    CONSTRAINT viewer_sessions_times CHECK (last_seen_at >= joined_at AND left_at >= last_seen_at),
    CONSTRAINT viewer_sessions_stall_time CHECK (stalls > 0 OR stalled_ms = 0)
);

-- Nobody watches a stream twice at once.
CREATE UNIQUE INDEX viewer_sessions_one_open ON viewer_sessions (stream_id, viewer) WHERE left_at IS NULL;
CREATE INDEX viewer_sessions_of_stream ON viewer_sessions (stream_id, joined_at, id);
-- For what is over for long, and for what nobody closed.
CREATE INDEX viewer_sessions_left ON viewer_sessions (left_at);
CREATE INDEX viewer_sessions_silent ON viewer_sessions (last_seen_at) WHERE left_at IS NULL;
