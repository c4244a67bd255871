package nova.media.codecs;

/// Strings for `CODECS` in HLS, `codecs` in DASH and `MediaSource.isTypeSupported`.
///
/// Spec: RFC 6381 §3.3, §3.4. *Immutable.*
public final class CodecStrings {
  private CodecStrings() {}

  /// `avc1.` and three bytes in hexadecimal: H.264 with parameter sets in the sample entry only.
  ///
  /// @param profile profile_idc
  /// @param compatibility the byte of constraint_set flags
  /// @param level level_idc
  public static String avc(int profile, int compatibility, int level) {
    return "avc1.%02x%02x%02x".formatted(profile, compatibility, level);
  }

  /// `mp4a.40.` and the MPEG-4 audio object type: 2 for AAC-LC, 5 for HE-AAC, 29 for HE-AAC v2.
  public static String aac(int audioObjectType) {
    return "mp4a.40." + audioObjectType;
  }
}
