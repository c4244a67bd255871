package nova.framelog;

import nova.core.StreamId;

/// Another writer of the same stream was opened, or its log removed; this one must stop.
public final class WriterFencedException extends RuntimeException {
  public WriterFencedException(StreamId stream) {
    super("stream %s has a newer writer or was removed".formatted(stream));
  }
}
