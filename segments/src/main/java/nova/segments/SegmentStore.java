package nova.segments;

import java.util.List;
import java.util.Optional;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;

/// Port: the bytes of media initialization sections, partial segments and segments.
///
/// Everything is put if absent: a published part never changes, and putting it again returns false
/// and changes nothing. What is put is visible to all readers after return. A segment is its parts
/// in order, concatenated. Bytes are bounded: beyond the caps the oldest complete segments go
/// first, and [#oldestSegment] tells.
///
/// *Thread-safe.*
public interface SegmentStore extends PublishedMedia {
  /// Stores the media initialization section (CMAF header) of a rendition in an epoch.
  boolean putInit(StreamId stream, RenditionId rendition, Epoch epoch, Bytes init);

  /// Stores one part. Parts of a segment are put in order from 0.
  boolean putPart(SegmentKey segment, int part, Bytes chunk);

  /// Declares that the segment consists of the parts put so far; only then [#segment] finds it.
  boolean completeSegment(SegmentKey segment);

  /// The chunks whose concatenation is the complete segment; empty while it is open, and when
  /// unknown.
  Optional<List<Bytes>> segment(SegmentKey segment);

  /// The lowest segment number still stored for the rendition.
  Optional<Long> oldestSegment(StreamId stream, RenditionId rendition);

  /// Removes all segments of the rendition with numbers below `number`, and initialization sections
  /// of epochs that no stored segment needs any more. Idempotent.
  void removeSegmentsBefore(StreamId stream, RenditionId rendition, long number);

  /// Removes everything of the stream. Idempotent.
  void removeStream(StreamId stream);

  /// Bytes held now, for all streams.
  long sizeBytes();
}
