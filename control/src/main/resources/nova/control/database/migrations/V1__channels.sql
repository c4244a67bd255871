-- Who broadcasts: a durable name with its own stream keys.
CREATE TABLE channels (
    id             uuid        PRIMARY KEY,
    slug           text        NOT NULL CONSTRAINT channels_slug_unique UNIQUE
                               CONSTRAINT channels_slug_form CHECK (slug ~ '^[a-z0-9][a-z0-9_-]{0,63}$'),
    title          text        NOT NULL CONSTRAINT channels_title_length CHECK (char_length(title) <= 200),
    broadcaster_id text        NOT NULL CONSTRAINT channels_broadcaster_length CHECK (char_length(broadcaster_id) <= 200),
    listed         boolean     NOT NULL,
    playback       text        NOT NULL CONSTRAINT channels_playback_known CHECK (playback IN ('public', 'token')),
    version        bigint      NOT NULL CONSTRAINT channels_version_positive CHECK (version > 0),
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL CONSTRAINT channels_times CHECK (updated_at >= created_at)
);

-- The order of lists; the id makes it total.
CREATE INDEX channels_by_age ON channels (created_at, id);
