-- What streams are encoded to: the rungs of their ladders, none of them larger than its source or of a higher bitrate.
CREATE TABLE quality_levels (
    name              text        PRIMARY KEY CONSTRAINT quality_levels_name_form CHECK (name = height || 'p'),
    height            integer     NOT NULL CONSTRAINT quality_levels_height CHECK (height BETWEEN 90 AND 4320 AND height % 2 = 0), -- the shorter side
    video_bitrate_bps bigint      NOT NULL CONSTRAINT quality_levels_bitrate CHECK (video_bitrate_bps BETWEEN 50000 AND 100000000),
    max_frame_rate    integer     NOT NULL CONSTRAINT quality_levels_frame_rate CHECK (max_frame_rate BETWEEN 15 AND 120),
    enabled           boolean     NOT NULL,
    version           bigint      NOT NULL CONSTRAINT quality_levels_version_positive CHECK (version > 0),
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL CONSTRAINT quality_levels_times CHECK (updated_at >= created_at)
);

INSERT INTO quality_levels (name, height, video_bitrate_bps, max_frame_rate, enabled, version, created_at, updated_at)
VALUES ('1080p', 1080, 5000000, 60, true, 1, now(), now()),
       ('720p',   720, 3000000, 60, true, 1, now(), now()),
       ('480p',   480, 1500000, 30, true, 1, now(), now());
