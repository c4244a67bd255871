package nova.packager;

import java.util.Optional;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.media.MediaException;
import nova.media.TrackFormat;
import nova.media.mp4.CmafHeaderReader;
import nova.segments.PublishedMedia;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The headers that another process published.
///
/// *Thread-safe.*
final class PublishedHeader {
  private static final Logger log = LoggerFactory.getLogger(PublishedHeader.class);

  private PublishedHeader() {}

  /// Inherits the header of a rendition in an epoch, which must not be published otherwise.
  ///
  /// @return what it describes; null when there is none that can be read
  static @Nullable TrackFormat take(
      RenditionId rendition, Epoch epoch, StreamOutput output, PublishedMedia published) {
    Optional<Bytes> header = published.init(output.stream(), rendition, epoch);
    if (header.isEmpty()) {
      return null;
    }
    boolean _ = output.ports().segments().putInit(output.stream(), rendition, epoch, header.get());
    try {
      return CmafHeaderReader.read(header.get());
    } catch (MediaException e) {
      log.atWarn()
          .addKeyValue("stream", output.stream())
          .addKeyValue("rendition", rendition)
          .setCause(e)
          .log("the header of a rendition cannot be read");
      return null;
    }
  }
}
