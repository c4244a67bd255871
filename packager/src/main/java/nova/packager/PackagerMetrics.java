package nova.packager;

import java.time.Duration;
import nova.core.RenditionId;

/// What the packager measures.
///
/// *Thread-safe.*
public interface PackagerMetrics {
  /// Measures nothing.
  PackagerMetrics NONE =
      new PackagerMetrics() {
        @Override
        public void partPublished(
            RenditionId rendition, Duration media, Duration sinceArrival, int bytes) {}

        @Override
        public void segmentCompleted(RenditionId rendition, Duration media, long bytes) {}

        @Override
        public void framesDropped(String reason, long count) {}

        @Override
        public void streamFailed() {}

        @Override
        public void rungMisaligned(RenditionId rendition) {}

        @Override
        public void rungFailed(RenditionId rendition) {}

        @Override
        public void streamInherited() {}

        @Override
        public void mediaDiffers(RenditionId rendition) {}
      };

  /// A part is in the store and in the timeline.
  ///
  /// @param media its duration
  /// @param sinceArrival since the frame that completed it arrived at ingest
  void partPublished(RenditionId rendition, Duration media, Duration sinceArrival, int bytes);

  /// A segment is complete in the store and in the timeline.
  void segmentCompleted(RenditionId rendition, Duration media, long bytes);

  /// Frames that are in no segment.
  ///
  /// @param reason `too-late`, `misaligned`, `log-overrun` or `no-rendition`
  void framesDropped(String reason, long count);

  /// The packager gave up on a stream.
  void streamFailed();

  /// A rung's segment does not begin where the source's does; a gap took its place.
  void rungMisaligned(RenditionId rendition);

  /// The packager gave up on a rung; its stream goes on.
  void rungFailed(RenditionId rendition);

  /// A stream that another process packaged is gone on with.
  void streamInherited();

  /// A part that another process published comes out of the log otherwise. What was published
  /// stays.
  void mediaDiffers(RenditionId rendition);
}
