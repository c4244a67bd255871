package nova.api.pages;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// One static file of the pages, compressed once.
///
/// *Immutable.*
///
/// @param name path below the asset root
/// @param plain never written to
/// @param gzip null when compression does not pay
record SiteAsset(String name, String contentType, Buffer plain, @Nullable Buffer gzip) {
  static SiteAsset of(String name, byte[] content) {
    byte[] packed = compress(content);
    boolean pays = packed.length < content.length * 9L / 10;
    return new SiteAsset(
        name, contentType(name), Buffer.buffer(content), pays ? Buffer.buffer(packed) : null);
  }

  private static String contentType(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "js", "mjs" -> "text/javascript; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "svg" -> "image/svg+xml";
      default -> "text/plain; charset=utf-8";
    };
  }

  private static byte[] compress(byte[] content) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream(content.length / 3 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException("compressing in memory failed", e);
    }
    return packed.toByteArray();
  }
}
