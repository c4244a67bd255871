package nova.packager;

import java.util.Optional;
import nova.core.Bytes;
import nova.segments.PublishedMedia;
import nova.segments.SegmentKey;

/// The parts of segments that another process left open.
///
/// *Thread-safe.*
final class OpenParts {
  private OpenParts() {}

  /// Takes those that are listed into the store, so that others can follow.
  ///
  /// @return how many are there without a hole
  static int load(RenditionWindow window, StreamOutput output, PublishedMedia published) {
    int parts = window.newest().parts().size();
    SegmentKey key = key(window, output);
    for (int part = 0; part < parts; part++) {
      Optional<Bytes> bytes = published.part(key, part);
      if (bytes.isEmpty()) {
        return part;
      }
      output.ports().segments().putPart(key, part, bytes.get());
    }
    return parts;
  }

  /// The name of a window's newest segment.
  static SegmentKey key(RenditionWindow window, StreamOutput output) {
    return new SegmentKey(
        output.stream(), window.id(), window.newest().epoch(), window.newest().number());
  }
}
