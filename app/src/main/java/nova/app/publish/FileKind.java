package nova.app.publish;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// The kinds of files that can be published, told by how they begin.
public enum FileKind {
  FLV,
  MP4;

  // What a QuickTime or MP4 file may begin with.
  private static final Set<String> FIRST_BOXES =
      Set.of("ftyp", "styp", "moov", "mdat", "free", "skip", "wide", "pnot");

  /// The kind of a file; empty when it is none of these.
  ///
  /// Spec: FLV E.2; ISO/IEC 14496-12 §4.2, §4.3
  public static Optional<FileKind> of(Path file) throws IOException {
    byte[] head = new byte[8];
    try (InputStream in = Files.newInputStream(file)) {
      int length = in.readNBytes(head, 0, head.length);
      String text = new String(head, 0, length, StandardCharsets.ISO_8859_1);
      if (text.startsWith("FLV")) {
        return Optional.of(FLV);
      }
      return length == head.length && FIRST_BOXES.contains(text.substring(4))
          ? Optional.of(MP4)
          : Optional.empty();
    }
  }
}
