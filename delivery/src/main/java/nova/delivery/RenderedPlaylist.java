package nova.delivery;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import nova.core.Bytes;

/// The two bodies of a playlist, in direct memory so that sending them copies nothing.
///
/// *Immutable.*
///
/// @param plain the text in UTF-8
/// @param gzip the same, compressed
public record RenderedPlaylist(Bytes plain, Bytes gzip) {
  static RenderedPlaylist of(String text) {
    byte[] plain = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(plain.length / 4 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return new RenderedPlaylist(direct(plain), direct(compressed.toByteArray()));
  }

  private static Bytes direct(byte[] bytes) {
    return Bytes.wrap(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
  }
}
