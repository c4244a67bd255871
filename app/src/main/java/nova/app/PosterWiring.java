package nova.app;

import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import nova.app.config.AppConfig;
import nova.app.metrics.Metrics;
import nova.app.metrics.PosterMeters;
import nova.core.Bytes;
import nova.core.NanoClock;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.segments.Poster;
import nova.segments.PosterStore;
import nova.segments.TimelineStore;
import nova.transcode.poster.PosterPorts;
import nova.transcode.poster.Posters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the stage that takes posters together with the store that keeps them. A poster is kept
/// for as long as its stream is known to viewers.
///
/// *Confined to the main thread.*
final class PosterWiring {
  private static final Logger log = LoggerFactory.getLogger(PosterWiring.class);
  private static final String WORKER = "nova.worker.poster.PosterWorker";

  private final AppConfig config;
  private final Lifecycle lifecycle;
  private final Metrics metrics;

  PosterWiring(AppConfig config, Lifecycle lifecycle, Metrics metrics) {
    this.config = config;
    this.lifecycle = lifecycle;
    this.metrics = metrics;
  }

  /// Starts to take posters, or says why there will be none.
  Optional<Posters> open(
      StreamEvents events,
      FrameLog frames,
      TimelineStore timelines,
      PosterStore posters,
      NanoClock clock) {
    if (!config.posters().enabled()) {
      return Optional.empty();
    }
    Optional<WorkerJars> jars = WorkerJars.find();
    if (jars.isEmpty()) {
      log.atInfo().log("streams have no posters: this installation has no folder of worker jars");
      return Optional.empty();
    }
    metrics.gauge(
        "nova.posters.size", "Posters kept in memory.", "bytes", posters, PosterStore::sizeBytes);
    var _ =
        lifecycle.own(
            "forgetting of posters",
            timelines.listen(
                snapshot -> {
                  if (timelines.find(snapshot.stream()).isEmpty()) {
                    posters.remove(snapshot.stream());
                  }
                }));
    return Optional.of(
        lifecycle.own(
            "posters",
            Posters.start(
                config.posters(),
                config.transcode().worker(),
                new PosterPorts(
                    frames,
                    events,
                    (stream, jpeg, takenAt) -> keep(timelines, posters, stream, jpeg, takenAt),
                    jars.get().command(WORKER),
                    clock,
                    Thread.ofPlatform().daemon().factory(),
                    RandomGenerator.getDefault(),
                    new PosterMeters(metrics)))));
  }

  private static void keep(
      TimelineStore timelines, PosterStore posters, StreamId stream, Bytes jpeg, Instant takenAt) {
    if (timelines.find(stream).isPresent()) {
      boolean _ = posters.put(stream, new Poster(jpeg, takenAt));
    }
  }
}
