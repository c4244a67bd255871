package nova.media.avc;

import nova.core.Bytes;

/// One NAL unit with its header byte, without length or start code.
///
/// Spec: ISO/IEC 14496-10 §7.3.1. *Immutable.*
///
/// @param bytes at least the header byte
public record NalUnit(Bytes bytes) {
  public NalUnit {
    if (bytes.isEmpty()) {
      throw new IllegalArgumentException("NAL unit of 0 bytes (expected: >= 1)");
    }
  }

  public NalUnitType type() {
    return NalUnitType.ofHeader(bytes.getUnsigned(0));
  }

  /// nal_ref_idc: 0 when no other picture refers to this one.
  public int referenceIdc() {
    return bytes.getUnsigned(0) >> 5 & 3;
  }
}
