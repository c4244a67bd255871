package nova.api.stream;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import nova.control.stream.Streams;
import nova.core.StreamId;

/// Shows streams of other servers, of which events alone do not tell enough: compares the directory
/// with the database.
///
/// *Thread-safe.*
public final class StreamsElsewhere {
  private final StreamDirectory directory;
  private final Streams streams;
  private final InstantSource clock;

  public StreamsElsewhere(StreamDirectory directory, Streams streams, InstantSource clock) {
    this.directory = directory;
    this.streams = streams;
    this.clock = clock;
  }

  /// Compares once; to be repeated every few seconds.
  ///
  /// @throws nova.control.database.DatabaseAwayException when that cannot be done; what is known
  ///   stays
  public void compare() {
    Instant askedAt = clock.instant();
    Set<StreamId> live = directory.liveIds();
    directory.reconcile(live, streams.liveOrAmong(live), askedAt);
  }
}
