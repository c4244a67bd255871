package nova.media.bytes;

import nova.core.Bytes;

/// The `03` bytes that keep start codes out of NAL units.
///
/// Spec: ISO/IEC 14496-10 §7.4.1.1, ISO/IEC 23008-2 §7.4.2.3. *Immutable.*
public final class EmulationPrevention {
  private EmulationPrevention() {}

  /// The payload of a NAL unit (RBSP) as coded, without emulation prevention bytes; the same object
  /// when there are none.
  public static Bytes remove(Bytes coded) {
    int first = next(coded, 0);
    if (first < 0) {
      return coded;
    }
    byte[] plain = new byte[coded.length() - 1];
    int written = 0;
    int from = 0;
    for (int at = first; at >= 0; at = next(coded, from)) {
      coded.asByteBuffer().get(from, plain, written, at - from);
      written += at - from;
      from = at + 1;
    }
    int tail = coded.length() - from;
    coded.asByteBuffer().get(from, plain, written, tail);
    return Bytes.wrap(plain, 0, written + tail);
  }

  /// Where the first `03` after two zero bytes stands, both at or after `from`; -1 if nowhere.
  private static int next(Bytes coded, int from) {
    for (int at = from + 2; at < coded.length(); at++) {
      if (coded.get(at) == 3 && coded.get(at - 1) == 0 && coded.get(at - 2) == 0) {
        return at;
      }
    }
    return -1;
  }
}
