package nova.bench.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What the client needs to know of an HTTP/1.1 response head.
///
/// Spec: RFC 9112 §4 (status line), §6 (Content-Length)
///
/// *Immutable.*
///
/// @param length bytes of head, blank line included
record ResponseHead(int status, long contentLength, boolean gzip, int length) {
  private static final int MAX_BYTES = 8 * 1024;

  /// Reads the head at the start of `bytes`.
  ///
  /// @return null while the blank line has not arrived
  /// @throws IOException when the answer has no Content-Length or a head of more than 8 KiB
  static @Nullable ResponseHead read(byte[] bytes, int length) throws IOException {
    int end = endOfHead(bytes, length);
    if (end < 0) {
      if (length >= MAX_BYTES) {
        throw new IOException("response head of more than %d bytes".formatted(MAX_BYTES));
      }
      return null;
    }
    List<String> lines = new String(bytes, 0, end, StandardCharsets.ISO_8859_1).lines().toList();
    int status = Integer.parseInt(lines.getFirst().split(" ", 3)[1]);
    long contentLength = status == 204 || status == 304 ? 0 : -1;
    boolean gzip = false;
    for (String line : lines) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        contentLength = Long.parseLong(lower.substring("content-length:".length()).strip());
      }
      gzip |= lower.equals("content-encoding: gzip");
    }
    if (contentLength < 0) {
      throw new IOException(
          "response without Content-Length (expected by this client): " + lines.getFirst());
    }
    return new ResponseHead(status, contentLength, gzip, end + 4);
  }

  private static int endOfHead(byte[] bytes, int length) {
    for (int i = 3; i < length; i++) {
      if (bytes[i] == '\n'
          && bytes[i - 1] == '\r'
          && bytes[i - 2] == '\n'
          && bytes[i - 3] == '\r') {
        return i - 3;
      }
    }
    return -1;
  }
}
