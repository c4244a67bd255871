package nova.transcode;

import nova.core.RenditionId;
import nova.core.StreamId;
import nova.framelog.FrameLogWriter;

/// Port: where the frames of encoded rungs go, one log per rung of a stream.
///
/// *Thread-safe.*
@FunctionalInterface
public interface RungLogs {
  /// Opens the only writer of a rung's log; an earlier one is fenced. Its entries are those of the
  /// source's video track with other payloads: the same epochs, segment numbers, cuts and times.
  FrameLogWriter openWriter(StreamId stream, RenditionId rung);
}
