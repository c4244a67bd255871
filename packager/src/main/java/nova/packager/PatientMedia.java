package nova.packager;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.segments.PublishedMedia;
import nova.segments.SegmentKey;
import nova.segments.StoreUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What was published, as soon as it can be asked for: a stream that is gone on with as if nothing
/// was there would lose it. Whoever loses the stream meanwhile is interrupted.
///
/// *Confined to its stream's thread.*
final class PatientMedia implements PublishedMedia {
  private static final Logger log = LoggerFactory.getLogger(PatientMedia.class);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final PublishedMedia published;
  private boolean waits;

  PatientMedia(PublishedMedia published) {
    this.published = published;
  }

  @Override
  public Optional<Bytes> init(StreamId stream, RenditionId rendition, Epoch epoch) {
    return patiently(stream, () -> published.init(stream, rendition, epoch));
  }

  @Override
  public Optional<Bytes> part(SegmentKey segment, int part) {
    return patiently(segment.stream(), () -> published.part(segment, part));
  }

  private Optional<Bytes> patiently(StreamId stream, Supplier<Optional<Bytes>> question) {
    while (true) {
      try {
        return question.get();
      } catch (StoreUnavailableException e) {
        if (!waits) {
          log.atWarn()
              .addKeyValue("stream", stream)
              .setCause(e)
              .log("what was published of a stream cannot be read; it goes on when it can");
        }
        waits = true;
        pause(e);
      }
    }
  }

  private static void pause(StoreUnavailableException cause) {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw cause;
    }
  }
}
