package nova.framelog;

import nova.framelog.LogEntry.LoggedFrame;
import org.jspecify.annotations.Nullable;

/// Log entries at positions that only rise, of which the oldest are removed, and the memory they
/// take.
///
/// *Confined to the holder of its log's lock.*
final class EntryRing {
  private static final long ENTRY_OVERHEAD =
      200; // objects around a payload, measured on 64-bit JVMs

  private @Nullable LogEntry[] slots = new LogEntry[256]; // the length is a power of two
  private long head;
  private long end;
  private long bytes;

  /// Position of the oldest entry.
  long head() {
    return head;
  }

  /// Position that the next entry will have.
  long end() {
    return end;
  }

  long sizeBytes() {
    return bytes;
  }

  void append(LogEntry entry) {
    if (end - head == slots.length) {
      grow();
    }
    slots[slot(end)] = entry;
    end++;
    bytes += cost(entry);
  }

  LogEntry at(long position) {
    LogEntry entry = slots[slot(position)];
    if (entry == null) {
      throw new IllegalStateException(
          "no entry at %d (expected: %d to %d)".formatted(position, head, end));
    }
    return entry;
  }

  /// Removes the oldest entry.
  LogEntry removeHead() {
    LogEntry entry = at(head);
    slots[slot(head)] = null;
    bytes -= cost(entry);
    head++;
    return entry;
  }

  /// Removes everything; positions go on.
  void clear() {
    slots = new LogEntry[256];
    head = end;
    bytes = 0;
  }

  private void grow() {
    @Nullable LogEntry[] larger = new LogEntry[slots.length * 2];
    for (long position = head; position < end; position++) {
      larger[(int) (position & (larger.length - 1))] = slots[slot(position)];
    }
    slots = larger;
  }

  private int slot(long position) {
    return (int) (position & (slots.length - 1));
  }

  private static long cost(LogEntry entry) {
    return ENTRY_OVERHEAD
        + (entry instanceof LoggedFrame logged ? logged.frame().payload().length() : 0);
  }
}
