package nova.framelog;

import nova.core.StreamId;

/// Another writer of the same log was opened, or the log removed; this one must stop.
public final class WriterFencedException extends RuntimeException {
  private final boolean removed;

  private WriterFencedException(String message, boolean removed) {
    super(message);
    this.removed = removed;
  }

  /// Another writer was opened.
  public static WriterFencedException replaced(StreamId stream) {
    return new WriterFencedException("stream %s has a newer writer".formatted(stream), false);
  }

  /// The log was removed.
  public static WriterFencedException removed(StreamId stream) {
    return new WriterFencedException("a log of stream %s was removed".formatted(stream), true);
  }

  /// Whether the log was removed, so that nobody will read what is written.
  public boolean isRemoved() {
    return removed;
  }
}
