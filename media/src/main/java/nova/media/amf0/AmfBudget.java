package nova.media.amf0;

import nova.media.LimitExceededException;

/// What is left of [Amf0Limits] while one payload is read; AMF0 and AMF3 draw on the same one.
///
/// *Confined to its reader's thread.*
final class AmfBudget {
  private final Amf0Limits limits;
  private int depth;
  private int entries;
  private long stringBytes;

  AmfBudget(Amf0Limits limits) {
    this.limits = limits;
  }

  /// Goes one level down; [#leave()] goes up again.
  void enter() {
    if (++depth > limits.depth()) {
      throw new LimitExceededException("amf-depth", depth, limits.depth());
    }
  }

  void leave() {
    depth--;
  }

  /// Takes one property or element.
  void takeEntry() {
    if (++entries > limits.entries()) {
      throw new LimitExceededException("amf-entries", entries, limits.entries());
    }
  }

  /// Takes a string, before it is allocated.
  void takeString(long bytes) {
    stringBytes += bytes;
    if (stringBytes > limits.stringBytes()) {
      throw new LimitExceededException("amf-string-bytes", stringBytes, limits.stringBytes());
    }
  }
}
