package nova.media.avc;

import java.util.Iterator;
import java.util.NoSuchElementException;
import nova.core.Bytes;
import nova.media.MalformedMediaException;

/// The NAL units of one access unit, each behind its length, as in FLV and in an MP4 sample. The
/// lengths are checked when the view is made, so going through it cannot fail; units are made only
/// when asked for.
///
/// Spec: ISO/IEC 14496-15 §5.3.2. *Immutable.*
public final class NalUnits implements Iterable<NalUnit> {
  private final Bytes payload;
  private final int lengthSize;

  private NalUnits(Bytes payload, int lengthSize) {
    this.payload = payload;
    this.lengthSize = lengthSize;
  }

  /// A view of `payload`, which is not copied.
  ///
  /// @param lengthSize bytes of each length: 1, 2 or 4
  /// @throws MalformedMediaException when a unit is empty or reaches past the end
  public static NalUnits of(Bytes payload, int lengthSize) {
    NalUnits units = new NalUnits(payload, lengthSize);
    int at = 0;
    while (at < payload.length()) {
      long left = (long) payload.length() - at - lengthSize;
      long length = left < 0 ? 0 : units.lengthAt(at);
      if (length == 0 || length > left) {
        throw new MalformedMediaException(
            length == 0 && left >= 0 ? "empty-nal-unit" : "truncated-nal-unit",
            "NAL unit of %d bytes at offset 0x%x (expected: 1..%d, the bytes that are left)"
                .formatted(length, at, Math.max(left, 0)));
      }
      at += lengthSize + (int) length;
    }
    return units;
  }

  /// Whether there is no unit at all.
  public boolean isEmpty() {
    return payload.isEmpty();
  }

  /// Whether a unit of that type is present.
  public boolean contains(NalUnitType type) {
    for (int at = 0; at < payload.length(); at = next(at)) {
      if (NalUnitType.ofHeader(payload.getUnsigned(at + lengthSize)) == type) {
        return true;
      }
    }
    return false;
  }

  /// Whether decoding can start here, whatever the container says of the frame.
  public boolean isKeyframe() {
    return contains(NalUnitType.IDR_SLICE);
  }

  @Override
  public Iterator<NalUnit> iterator() {
    return new Iterator<>() {
      private int at;

      @Override
      public boolean hasNext() {
        return at < payload.length();
      }

      @Override
      public NalUnit next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        int start = at + lengthSize;
        at = NalUnits.this.next(at);
        return new NalUnit(payload.slice(start, at));
      }
    };
  }

  private int next(int at) {
    return at + lengthSize + (int) lengthAt(at);
  }

  private long lengthAt(int at) {
    long length = 0;
    for (int i = 0; i < lengthSize; i++) {
      length = length << 8 | payload.getUnsigned(at + i);
    }
    return length;
  }
}
