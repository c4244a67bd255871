package nova.backends.redis;

import java.util.Optional;
import nova.backends.redis.RedisShelf.Init;
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
/// | `stored:{S}` | set | names of all segments and sections |
/// | `poster:{S}` | hash | `at` when it was taken, `jpeg` |
/// | `probe` | string | nothing of use |
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

  String init(StreamId stream, Init init) {
    return init(stream, init.rendition(), init.epoch());
  }

  /// The names of all segments and sections of a stream, whichever node put them.
  String stored(StreamId stream) {
    return keys.key("stored", stream);
  }

  /// Is set to see whether Redis takes what is written.
  String probe() {
    return keys.key("probe");
  }

  /// The segment of this name; empty when it is none of the stream.
  Optional<SegmentKey> segmentNamed(String name, StreamId stream) {
    String[] parts = name.split(":", -1);
    int count = parts.length;
    if (count < 3 || !RenditionId.isValid(parts[count - 3])) {
      return Optional.empty();
    }
    try {
      SegmentKey key =
          new SegmentKey(
              stream,
              new RenditionId(parts[count - 3]),
              new Epoch(Integer.parseInt(parts[count - 2])),
              Long.parseLong(parts[count - 1]));
      return Optional.of(key).filter(read -> segment(read).equals(name));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// The section of this name; empty when it is none of the stream.
  Optional<Init> initNamed(String name, StreamId stream) {
    String[] parts = name.split(":", -1);
    int count = parts.length;
    if (count < 2 || !RenditionId.isValid(parts[count - 2])) {
      return Optional.empty();
    }
    try {
      Init init =
          new Init(
              new RenditionId(parts[count - 2]), new Epoch(Integer.parseInt(parts[count - 1])));
      return Optional.of(init).filter(read -> init(stream, read).equals(name));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
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
