-- What was measured of streams, one row for each moment. Kept by day in UTC, in tables of their own that the server makes
-- ahead and drops when they are old; so there is no key to the streams.
CREATE TABLE stream_metrics (
    stream_id            text             NOT NULL CONSTRAINT stream_metrics_stream_form CHECK (stream_id ~ '^[a-z0-9]{4,40}$'),
    at                   timestamptz      NOT NULL,
    -- Rates over the last few seconds.
    video_bitrate_bps    bigint           NOT NULL CONSTRAINT stream_metrics_video_bitrate CHECK (video_bitrate_bps >= 0),
    audio_bitrate_bps    bigint           NOT NULL CONSTRAINT stream_metrics_audio_bitrate CHECK (audio_bitrate_bps >= 0),
    -- NaN counts as the largest of all numbers.
    frame_rate           double precision NOT NULL CONSTRAINT stream_metrics_frame_rate CHECK (frame_rate >= 0 AND frame_rate < 'Infinity'),
    keyframe_interval_ms bigint           NOT NULL CONSTRAINT stream_metrics_keyframe_interval CHECK (keyframe_interval_ms >= 0), -- 0 is unknown
    -- Counts since the stream began.
    received_bytes       bigint           NOT NULL CONSTRAINT stream_metrics_bytes CHECK (received_bytes >= 0),
    received_frames      bigint           NOT NULL CONSTRAINT stream_metrics_frames CHECK (received_frames >= 0),
    dropped_frames       bigint           NOT NULL CONSTRAINT stream_metrics_dropped CHECK (dropped_frames >= 0),
    repaired_timestamps  bigint           NOT NULL CONSTRAINT stream_metrics_repaired CHECK (repaired_timestamps >= 0),
    -- Unknown until viewers are counted; known together.
    viewers              integer          CONSTRAINT stream_metrics_viewers CHECK (viewers >= 0),
    stalled_viewers      integer          CONSTRAINT stream_metrics_stalled CHECK (stalled_viewers BETWEEN 0 AND viewers),
    delivered_bps        bigint           CONSTRAINT stream_metrics_delivered CHECK (delivered_bps >= 0),
    CONSTRAINT stream_metrics_audience CHECK (num_nulls(viewers, stalled_viewers, delivered_bps) IN (0, 3)),
    PRIMARY KEY (stream_id, at)
) PARTITION BY RANGE (at);
