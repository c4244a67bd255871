package nova.app.e2e;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import nova.core.Bytes;
import nova.media.flv.FlvTag;
import nova.media.flv.FlvTag.FlvAudioTag;
import nova.media.flv.FlvTag.FlvScriptTag;
import nova.media.flv.FlvTag.FlvVideoTag;
import nova.media.flv.FlvTagReader;

/// The tags of a clip, as an encoder sends them that does odd things.
///
/// *Immutable.*
record OddTags(List<FlvTag> tags) {
  private static final int TAG_HEADER_BYTES = 5; // of H.264: frame type and codec, kind, and time
  private static final int LENGTH_BYTES = 4;
  private static final int UNIT_AT = TAG_HEADER_BYTES + LENGTH_BYTES;

  OddTags {
    tags = List.copyOf(tags);
  }

  static OddTags read(Path flv) throws IOException {
    List<FlvTag> tags = new ArrayList<>();
    new FlvTagReader(1 << 24).read(ByteBuffer.wrap(Files.readAllBytes(flv)), tags::add);
    return new OddTags(tags);
  }

  /// These until `ms`, and then the other ones, with their headers, on the same clock.
  OddTags untilThen(long ms, OddTags others) {
    List<FlvTag> joined = new ArrayList<>(tags.stream().filter(t -> t.timestampMs() < ms).toList());
    others.tags.stream()
        .filter(tag -> !(tag instanceof FlvScriptTag))
        .map(tag -> at(tag, tag.timestampMs() + ms))
        .forEach(joined::add);
    return new OddTags(joined);
  }

  /// Without the keyframes of a while.
  OddTags withoutKeyframes(long fromMs, long toMs) {
    return without(tag -> isFrame(tag) && isKeyframe(tag) && isWithin(tag, fromMs, toMs));
  }

  /// Without anything for a while.
  OddTags silent(long fromMs, long toMs) {
    return without(tag -> isWithin(tag, fromMs, toMs));
  }

  /// With some flipped bits in a share of the frames, keyframes too.
  OddTags damaged(long seed, double share, long fromMs, long toMs) {
    Random random = new Random(seed);
    return changed(
        tag -> isFrame(tag) && isWithin(tag, fromMs, toMs) && random.nextDouble() < share,
        payload -> {
          for (int i = 0; i < 6; i++) {
            int at = UNIT_AT + 1 + random.nextInt(payload.length - UNIT_AT - 1);
            payload[at] ^= (byte) (1 << random.nextInt(8));
          }
          return payload;
        });
  }

  /// With noise in place of what the pictures of a while are made of.
  OddTags undecodable(long seed, long fromMs, long toMs) {
    Random random = new Random(seed);
    return changed(
        tag -> isFrame(tag) && isWithin(tag, fromMs, toMs),
        payload -> {
          ByteBuffer.wrap(payload).putInt(TAG_HEADER_BYTES, payload.length - UNIT_AT);
          for (int at = UNIT_AT + 1; at < payload.length; at++) {
            payload[at] = (byte) (1 + random.nextInt(255));
          }
          return payload;
        });
  }

  private OddTags without(Predicate<FlvTag> unwanted) {
    return new OddTags(tags.stream().filter(unwanted.negate()).toList());
  }

  private OddTags changed(Predicate<FlvTag> which, UnaryOperator<byte[]> change) {
    return new OddTags(
        tags.stream()
            .map(
                tag ->
                    which.test(tag)
                        ? new FlvVideoTag(
                            tag.timestampMs(),
                            Bytes.wrap(change.apply(tag.payload().toByteArray())))
                        : tag)
            .toList());
  }

  private static boolean isWithin(FlvTag tag, long fromMs, long toMs) {
    return tag.timestampMs() >= fromMs && tag.timestampMs() < toMs;
  }

  /// Long enough to have something behind the header of its first NAL unit.
  private static boolean isFrame(FlvTag tag) {
    return tag instanceof FlvVideoTag
        && tag.payload().length() > UNIT_AT + 1
        && tag.payload().getUnsigned(1) == 1;
  }

  private static boolean isKeyframe(FlvTag tag) {
    return tag.payload().getUnsigned(0) >> 4 == 1;
  }

  private static FlvTag at(FlvTag tag, long ms) {
    return switch (tag) {
      case FlvAudioTag(long _, Bytes payload) -> new FlvAudioTag(ms, payload);
      case FlvVideoTag(long _, Bytes payload) -> new FlvVideoTag(ms, payload);
      case FlvScriptTag(long _, Bytes payload) -> new FlvScriptTag(ms, payload);
    };
  }
}
