package nova.ingest.publish;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.avc.AvcDecoderConfigurationRecord;
import nova.media.avc.NalUnitType;
import nova.media.bytes.BitReader;

/// Takes parameter sets and delimiters out of H.264 access units: in an `avc1` track they belong in
/// the decoder configuration alone.
///
/// GStreamer sends `09 10` (delimiter) and both sets before each IDR picture, OBS both sets. They
/// come first, so that a slice of the payload is all that remains; only sets in other places cost a
/// copy.
///
/// Spec: ISO/IEC 14496-15 §5.3.1, §5.4.2.1. *Confined to its session's thread.*
final class ParameterSets {
  private static final int MOST_SEQUENCE_SETS = 31;
  private static final int MOST_PICTURE_SETS = 255;
  private static final int LONGEST_SET = 0xffff;

  private final int lengthSize;
  private final AvcDecoderConfigurationRecord configuration;

  /// An access unit without its parameter sets.
  ///
  /// @param payload what remains
  /// @param keyframe whether it holds an IDR picture
  /// @param picture whether it holds a picture at all
  /// @param found the sets that were taken out and that the configuration does not have
  record Cleaned(Bytes payload, boolean keyframe, boolean picture, List<Bytes> found) {}

  ParameterSets(AvcDecoderConfigurationRecord configuration) {
    this.configuration = configuration;
    this.lengthSize = configuration.nalLengthSize();
  }

  /// @param payload length-prefixed NAL units whose lengths were checked
  Cleaned clean(Bytes payload) {
    boolean keyframe = false;
    boolean picture = false;
    boolean scattered = false;
    int keepFrom = 0;
    List<Bytes> found = List.of();
    int end = payload.length();
    for (int at = 0; at < end; ) {
      int unitAt = at + lengthSize;
      int next = unitAt + lengthAt(payload, at);
      NalUnitType type = NalUnitType.ofHeader(payload.getUnsigned(unitAt));
      if (belongsElsewhere(type)) {
        found = withUnknown(found, type, payload, unitAt, next);
        if (at == keepFrom) {
          keepFrom = next;
        } else {
          scattered = true;
        }
      }
      keyframe |= type == NalUnitType.IDR_SLICE;
      picture |= type.isSlice();
      at = next;
    }
    Bytes rest = scattered ? withoutSets(payload) : payload.slice(keepFrom);
    return new Cleaned(rest, keyframe, picture, found);
  }

  /// The configuration with `found` in place of the sets that it had. A new sequence parameter set
  /// replaces all sets; a picture parameter set alone is added, or replaces the one of its id.
  AvcDecoderConfigurationRecord configurationWith(List<Bytes> found) {
    List<Bytes> sequence = only(found, NalUnitType.SEQUENCE_PARAMETER_SET);
    List<Bytes> picture = only(found, NalUnitType.PICTURE_PARAMETER_SET);
    if (sequence.isEmpty()) {
      sequence = configuration.sequenceParameterSets();
      Set<Long> replaced = new HashSet<>();
      picture.forEach(set -> replaced.add(pictureSetId(set)));
      List<Bytes> more = new ArrayList<>(picture);
      for (Bytes set : configuration.pictureParameterSets()) {
        if (replaced.add(pictureSetId(set))) {
          more.add(set);
        }
      }
      picture = more;
    } else if (picture.isEmpty()) {
      picture = configuration.pictureParameterSets();
    }
    requireWritable(sequence, MOST_SEQUENCE_SETS);
    requireWritable(picture, MOST_PICTURE_SETS);
    Bytes first = sequence.getFirst();
    return new AvcDecoderConfigurationRecord(
        first.length() > 3 ? first.getUnsigned(1) : configuration.profile(),
        first.length() > 3 ? first.getUnsigned(2) : configuration.compatibility(),
        first.length() > 3 ? first.getUnsigned(3) : configuration.level(),
        lengthSize,
        sequence,
        picture,
        configuration.highProfileFields());
  }

  /// pic_parameter_set_id.
  private static long pictureSetId(Bytes set) {
    return new BitReader(set.slice(1), "picture-parameter-set").ue();
  }

  /// A peer may send any number of sets of any size; a configuration has room for so many.
  private static void requireWritable(List<Bytes> sets, int most) {
    long longest = sets.stream().mapToLong(Bytes::length).max().orElse(0);
    if (sets.isEmpty() || sets.size() > most || longest > LONGEST_SET) {
      throw new MalformedMediaException(
          "bad-parameter-sets",
          "%d parameter sets of up to %d bytes (expected: 1 to %d of at most %d)"
              .formatted(sets.size(), longest, most, LONGEST_SET));
    }
  }

  private List<Bytes> withUnknown(
      List<Bytes> found, NalUnitType type, Bytes payload, int from, int to) {
    List<Bytes> known =
        switch (type) {
          case SEQUENCE_PARAMETER_SET -> configuration.sequenceParameterSets();
          case PICTURE_PARAMETER_SET -> configuration.pictureParameterSets();
          default -> null;
        };
    if (known == null) {
      return found;
    }
    Bytes set = payload.slice(from, to);
    if (known.contains(set)) {
      return found;
    }
    List<Bytes> more = new ArrayList<>(found);
    more.add(Bytes.copyOf(set.toByteArray())); // small, and must not keep a whole frame in memory
    return more;
  }

  private Bytes withoutSets(Bytes payload) {
    byte[] kept = new byte[payload.length()];
    int length = 0;
    for (int at = 0; at < payload.length(); ) {
      int next = at + lengthSize + lengthAt(payload, at);
      if (!belongsElsewhere(NalUnitType.ofHeader(payload.getUnsigned(at + lengthSize)))) {
        payload.asByteBuffer().get(at, kept, length, next - at);
        length += next - at;
      }
      at = next;
    }
    return Bytes.wrap(kept, 0, length);
  }

  private static boolean belongsElsewhere(NalUnitType type) {
    return type == NalUnitType.SEQUENCE_PARAMETER_SET
        || type == NalUnitType.PICTURE_PARAMETER_SET
        || type == NalUnitType.ACCESS_UNIT_DELIMITER
        || type == NalUnitType.SEQUENCE_PARAMETER_SET_EXTENSION;
  }

  private static List<Bytes> only(List<Bytes> sets, NalUnitType type) {
    return sets.stream()
        .filter(set -> NalUnitType.ofHeader(set.getUnsigned(0)) == type)
        .distinct()
        .toList();
  }

  private int lengthAt(Bytes payload, int at) {
    int length = 0;
    for (int i = 0; i < lengthSize; i++) {
      length = length << 8 | payload.getUnsigned(at + i);
    }
    return length;
  }
}
