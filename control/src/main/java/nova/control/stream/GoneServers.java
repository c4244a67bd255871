package nova.control.stream;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import nova.core.NanoClock;
import nova.core.StreamId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends the streams of servers that are gone, where nobody else went on with them: those whose rows
/// have not changed for [#SILENT_FOR], because each server writes something of its streams every
/// few seconds, and that no server says it has, as one does that alone lost the database.
///
/// The time is measured here, and only while both can be asked: neither the clocks of servers nor a
/// database that all of them have lost say anything of theirs. It is long, because a stream that is
/// ended by mistake is one that viewers lose.
///
/// *Confined to the thread of its task.*
public final class GoneServers {
  static final Duration SILENT_FOR = Duration.ofMinutes(5);

  private static final Logger log = LoggerFactory.getLogger(GoneServers.class);
  private static final String GONE = "The server that had the stream is gone.";

  private final Database database;
  private final StreamRepository streams;
  private final StreamRecorder recorder;
  private final StreamsOnAir onAir;
  private final InstantSource clock;
  private final NanoClock nanoClock;
  private Map<StreamId, Seen> seen = Map.of();

  private record Seen(ChannelStream row, long sinceNs) {}

  public GoneServers(
      Database database,
      StreamRepository streams,
      StreamRecorder recorder,
      StreamsOnAir onAir,
      InstantSource clock,
      NanoClock nanoClock) {
    this.database = database;
    this.streams = streams;
    this.recorder = recorder;
    this.onAir = onAir;
    this.clock = clock;
    this.nanoClock = nanoClock;
  }

  /// Looks once; to be repeated, several times within [#SILENT_FOR]. When that cannot be done, the
  /// time begins anew.
  ///
  /// @throws DatabaseAwayException when the database cannot be asked
  public void look() {
    Optional<Set<StreamId>> had = onAir.now();
    if (had.isEmpty()) {
      seen = Map.of();
      return;
    }
    try {
      remember(database.inTransaction(streams::live), had.get());
      List<ChannelStream> silent =
          seen.values().stream().filter(this::isSilent).map(Seen::row).toList();
      silent.forEach(this::end);
    } catch (DatabaseAwayException e) {
      seen = Map.of();
      throw e;
    }
  }

  private void remember(List<ChannelStream> live, Set<StreamId> had) {
    long nowNs = nanoClock.nanoTime();
    Map<StreamId, Seen> next = HashMap.newHashMap(live.size());
    for (ChannelStream row : live) {
      Seen before = seen.get(row.id());
      boolean silent = before != null && before.row().equals(row) && !had.contains(row.id());
      next.put(row.id(), silent ? before : new Seen(row, nowNs));
    }
    seen = next;
  }

  private boolean isSilent(Seen stream) {
    boolean awaited =
        stream.row().reconnectUntil().map(until -> until.isAfter(clock.instant())).orElse(false);
    return !awaited && nanoClock.nanoTime() - stream.sinceNs() >= SILENT_FOR.toNanos();
  }

  private void end(ChannelStream silent) {
    boolean ended =
        database.inTransaction(
            handle -> {
              boolean still = streams.lock(handle, silent.id()).filter(silent::equals).isPresent();
              if (still) {
                recorder.giveUp(handle, silent, clock.instant(), GONE);
              }
              return still;
            });
    if (ended) {
      log.atWarn().addKeyValue("stream", silent.id()).log("stream ended: its server is gone");
    }
  }
}
