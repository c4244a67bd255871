package nova.media.flv;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import nova.core.Bytes;

/// Messages that real encoders sent, in the order they sent them.
public final class RecordedMessages {
  private static final List<Message> ALL = load();

  private RecordedMessages() {}

  /// One RTMP message.
  public record Message(String capture, int type, long timestampMs, Bytes payload) {}

  /// All of all captures.
  public static List<Message> all() {
    return ALL;
  }

  /// Those of one type in one capture.
  public static List<Message> of(String capture, int type) {
    return ALL.stream().filter(m -> m.capture().equals(capture) && m.type() == type).toList();
  }

  /// The first of one type in one capture.
  public static Message first(String capture, int type) {
    return of(capture, type).getFirst();
  }

  private static List<Message> load() {
    try (InputStream in = RecordedMessages.class.getResourceAsStream("/flv/messages.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" ", -1))
          .map(
              f ->
                  new Message(
                      f[0], Integer.parseInt(f[1]), Long.parseLong(f[2]), Bytes.ofHex(f[3])))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
