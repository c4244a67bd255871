package nova.media.mp4;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;

/// Writes a CMAF chunk into one direct buffer of exactly its size. The payloads are copied here for
/// the first and last time on their way from the broadcaster to the viewers.
///
///     [styp] [prft] moof mdat
///
/// Spec: ISO/IEC 23000-19 §7.3.3.2 (CMAF chunk). *Thread-safe.*
public final class CmafChunkWriter {
  private CmafChunkWriter() {}

  /// The chunk's bytes, off-heap and owned by the garbage collector.
  ///
  /// @throws IllegalArgumentException when the chunk would not fit 2 GiB
  public static Bytes write(CmafChunk chunk) {
    List<Box> boxes = new ArrayList<>(4);
    if (chunk.startsSegment()) {
      boxes.add(FragmentBoxes.styp());
    }
    chunk.producerReferenceTime().ifPresent(time -> boxes.add(FragmentBoxes.prft(time)));
    boxes.add(FragmentBoxes.moof(chunk));
    boxes.add(FragmentBoxes.mdat(chunk.samples(), mdatBytes(chunk, Box.sizeOf(boxes))));

    ByteBuffer out = ByteBuffer.allocateDirect(Box.sizeOf(boxes));
    for (Box box : boxes) {
      box.writeTo(out);
    }
    return Bytes.wrap(out.flip());
  }

  private static int mdatBytes(CmafChunk chunk, int otherBytes) {
    long payloadBytes = chunk.payloadBytes();
    long maximum = Integer.MAX_VALUE - (long) otherBytes - Box.HEADER_BYTES;
    if (payloadBytes > maximum) {
      throw new IllegalArgumentException(
          "chunk of %d bytes (expected: <= %d)".formatted(payloadBytes, maximum));
    }
    return (int) payloadBytes;
  }
}
