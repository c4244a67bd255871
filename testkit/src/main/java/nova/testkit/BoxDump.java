package nova.testkit;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;

/// Shows an ISO base media file as text that a person can review: the tree of boxes with sizes, the
/// fields of those that CMAF uses, hexadecimal for the others. Shares no code with Nova's readers
/// and writers. Whatever does not add up is marked with `!!`.
///
/// Spec: ISO/IEC 14496-12 §4.2.
///
/// *Confined to its creator's thread.*
public final class BoxDump {
  private static final Set<String> CONTAINERS =
      Set.of(
          "moov", "trak", "edts", "mdia", "minf", "dinf", "stbl", "mvex", "moof", "traf", "udta",
          "mfra");

  private final StringBuilder out = new StringBuilder();

  private BoxDump() {}

  /// The dump of a file or of part of one that begins at a box.
  public static String of(byte[] file) {
    return of(ByteBuffer.wrap(file));
  }

  /// As [#of(byte\[\])], of what remains of `file`; its position does not move.
  public static String of(ByteBuffer file) {
    BoxDump dump = new BoxDump();
    dump.boxes(file.slice(), 0);
    return dump.out.toString();
  }

  /// Dumps boxes until the end of `in`.
  void boxes(ByteBuffer in, int depth) {
    while (in.hasRemaining()) {
      if (in.remaining() < 8) {
        line(depth, "!! %d bytes that are no box: %s".formatted(in.remaining(), hex(in, 8)));
        return;
      }
      long size = in.getInt(in.position()) & 0xffff_ffffL;
      int head = 8;
      String type = latin1(in.slice(in.position() + 4, 4));
      if (size == 1 && in.remaining() >= 16) {
        size = in.getLong(in.position() + 8);
        head = 16;
      }
      if (size < head || size > in.remaining()) {
        line(depth, "!! %s of %d bytes, %d are left".formatted(type, size, in.remaining()));
        return;
      }
      ByteBuffer body = in.slice(in.position() + head, (int) size - head);
      in.position(in.position() + (int) size);
      line(depth, "%s (%d bytes)".formatted(type, size));
      body(type, body, depth + 1);
    }
  }

  private void body(String type, ByteBuffer body, int depth) {
    if (CONTAINERS.contains(type)) {
      boxes(body, depth);
      return;
    }
    try {
      new BoxFields(this, body, depth).dump(type);
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      line(depth, "!! %s ends within a field".formatted(type));
      return;
    }
    if (body.hasRemaining()) {
      line(depth, "!! %d bytes left over: %s".formatted(body.remaining(), hex(body, 32)));
    }
  }

  void line(int depth, String text) {
    out.append("  ".repeat(depth)).append(text).append('\n');
  }

  /// At most `maximum` bytes of what remains, in hexadecimal; the position does not move.
  static String hex(ByteBuffer in, int maximum) {
    byte[] head = new byte[Math.min(maximum, in.remaining())];
    in.get(in.position(), head);
    return HexFormat.of().formatHex(head) + (in.remaining() > maximum ? "…" : "");
  }

  /// What remains as Latin-1; the position does not move.
  static String latin1(ByteBuffer in) {
    byte[] all = new byte[in.remaining()];
    in.get(in.position(), all);
    return new String(all, StandardCharsets.ISO_8859_1);
  }
}
