package nova.app;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nova.backends.redis.AnnouncedStream;
import nova.backends.redis.LiveStreamRegistry;
import nova.backends.redis.RedisAnswers;
import nova.control.stream.StreamsOnAir;
import nova.core.StreamId;
import nova.segments.StoreUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The streams that ingest services announce in Redis, for who asks which are on air.
///
/// *Thread-safe.*
record RegisteredStreams(LiveStreamRegistry registry) implements StreamsOnAir {
  private static final Logger log = LoggerFactory.getLogger(RegisteredStreams.class);

  @Override
  public Optional<Set<StreamId>> now() {
    try {
      return Optional.of(
          RedisAnswers.await(registry.list()).stream()
              .map(AnnouncedStream::stream)
              .collect(Collectors.toUnmodifiableSet()));
    } catch (StoreUnavailableException e) {
      log.debug("Redis does not tell which streams are on air", e);
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
