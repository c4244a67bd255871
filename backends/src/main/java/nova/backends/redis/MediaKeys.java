package nova.backends.redis;

import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.segments.SegmentKey;

/// The names of what Redis holds of streams.
///
/// | name | type | fields |
/// |---|---|---|
/// | `fence:{S}` | string | the highest token |
/// | `timeline:{S}` | hash | `t` token, `v` version, `s` snapshot, `p` when the poster was taken |
/// | `segment:{S}:R:E:N` | hash | `0`, `1`, … parts, `n` their number when complete |
/// | `init:{S}:R:E` | hash | `0` the section, `n` 1 |
/// | `poster:{S}` | hash | `at` when it was taken, `jpeg` |
/// | `streams` | sorted set | streams by when their timeline was kept last, in ms |
///
/// *Immutable.*
record MediaKeys(Keyspace keys) {
  /// The field of a segment that holds the number of its parts.
  static final String COMPLETE = "n";

  String fence(StreamId stream) {
    return StreamLeases.fenceKey(keys, stream);
  }

  String timeline(StreamId stream) {
    return keys.key("timeline", stream);
  }

  String poster(StreamId stream) {
    return keys.key("poster", stream);
  }

  String segment(SegmentKey segment) {
    return keys.key("segment", segment.stream())
        + ":"
        + segment.rendition()
        + ":"
        + segment.epoch()
        + ":"
        + segment.number();
  }

  String init(StreamId stream, RenditionId rendition, Epoch epoch) {
    return keys.key("init", stream) + ":" + rendition + ":" + epoch;
  }

  /// The streams that have a timeline.
  String index() {
    return keys.key("streams");
  }

  /// The channel of the notices of all streams.
  String channel() {
    return keys.key("timelines");
  }
}
