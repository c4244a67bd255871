package nova.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import nova.core.Bytes;
import nova.media.aac.AacFormats;
import nova.media.amf0.Amf0Reader;
import nova.media.amf0.Amf0Value;
import nova.media.amf0.Amf0Writer;
import nova.media.avc.AvcDecoderConfigurationRecord;
import nova.media.avc.AvcFormats;
import nova.media.avc.AvcVectors;
import nova.media.avc.NalUnit;
import nova.media.avc.NalUnits;
import nova.media.avc.SequenceParameterSet;
import nova.media.flv.AudioPackets;
import nova.media.flv.FlvTagReader;
import nova.media.flv.RecordedMessages;
import nova.media.flv.RecordedMessages.Message;
import nova.media.flv.VideoPackets;
import nova.testkit.Seeds;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Any bytes give a value or one of the three media exceptions, and cost no more memory than their
/// length justifies. Inputs are real ones with damage, and noise.
final class HostileBytesFuzzTest {
  private static final int ROUNDS = 3_000;

  /// Exceptions with their traces and messages, and what one value costs at least.
  private static final long BASE_ALLOCATION = 256 << 10;

  /// The dearest input: a byte of AMF that becomes a map entry with name and value.
  private static final long ALLOCATION_PER_BYTE = 400;

  /// One reader, and input that it takes.
  private record Target(String name, List<Bytes> samples, Consumer<Bytes> reader) {}

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TestFactory
  Stream<DynamicTest> anyBytes_read_areAValueOrAMediaException() {
    return targets().stream()
        .map(
            target ->
                DynamicTest.dynamicTest(
                    target.name(), () -> Seeds.each(ROUNDS, random -> attack(target, random))));
  }

  private static void attack(Target target, Random random) {
    Bytes input = damaged(target.samples(), random);
    long limit = BASE_ALLOCATION + ALLOCATION_PER_BYTE * input.length();
    // What only the first run of a piece of code allocates, such as its classes, is not counted.
    if (allocatedBy(target, input) > limit) {
      assertThat(allocatedBy(target, input)).as("bytes allocated for %s", input).isLessThan(limit);
    }
  }

  private static long allocatedBy(Target target, Bytes input) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    MediaException refusal = null;
    try {
      target.reader().accept(input);
    } catch (MediaException e) {
      refusal = e;
    }
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    if (refusal != null) {
      assertThat(refusal.reason()).matches("[a-z0-9-]+");
      assertThat(refusal.getMessage()).contains("expected").doesNotContain("null");
    }
    return allocated;
  }

  /// One in eight is noise; the others are a sample with some bytes changed, put in or left out.
  private static Bytes damaged(List<Bytes> samples, Random random) {
    if (random.nextInt(8) == 0) {
      byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      return Bytes.wrap(noise);
    }
    byte[] bytes = samples.get(random.nextInt(samples.size())).toByteArray();
    for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
      // The beginning is where the structure is.
      int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(24, bytes.length));
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0);
        case 2 -> bytes = Bytes.wrap(bytes).slice(0, at).toByteArray();
        default -> {
          ByteBuffer longer = ByteBuffer.allocate(bytes.length + 4);
          longer.put(bytes, 0, at).putInt(random.nextInt()).put(bytes, at, bytes.length - at);
          bytes = longer.array();
        }
      }
    }
    return Bytes.wrap(bytes);
  }

  private static List<Target> targets() {
    List<Bytes> configurations = AvcVectors.ALL.stream().map(AvcVectors.Vector::bytes).toList();
    List<Bytes> parameterSets =
        configurations.stream()
            .map(c -> AvcDecoderConfigurationRecord.read(c).sequenceParameterSets().getFirst())
            .toList();
    List<Bytes> video = new ArrayList<>(payloads(9));
    List<Bytes> audio = new ArrayList<>(payloads(8));
    Stream.of(
            "a6 11 61766331 00 000004 000028 41 05 000005 000000 4243",
            "a6 21 61766331 00 000004 000028 41 61763031 02 000002 1200",
            "a7 00 aa 97 02 0001f4 03 61766331 41")
        .map(Bytes::ofHex)
        .forEach(video::add);
    Stream.of("95 04 6d703461 01 01 02 00000003", "97 02 0003e8 05 11 6d703461 00 000001 21")
        .map(Bytes::ofHex)
        .forEach(audio::add);
    List<Bytes> amf = new ArrayList<>(payloads(18));
    amf.addAll(payloads(20));
    Stream.of(
            "11 0a 2b 01 03 61 03 62 04 01 03 03 63 01 01",
            "11 09 05 01 0a 13 01 03 61 04 01 0a 01 04 02",
            "0a 00000002 02 0004 68766331 0a 00000000 0b 408f400000000000 ffc4")
        .map(Bytes::ofHex)
        .forEach(amf::add);
    return List.of(
        new Target("AMF", amf, HostileBytesFuzzTest::readAmf),
        new Target("AVC format", configurations, AvcFormats::of),
        new Target(
            "AVC configuration",
            configurations,
            bytes -> AvcDecoderConfigurationRecord.read(bytes).write()),
        new Target("sequence parameter set", parameterSets, SequenceParameterSet::read),
        new Target(
            "NAL units",
            video.stream().map(HostileBytesFuzzTest::body).toList(),
            HostileBytesFuzzTest::readNalUnits),
        new Target(
            "AAC format",
            Stream.of("119056e500", "123856e500", "2b118800", "1780ee020800")
                .map(Bytes::ofHex)
                .toList(),
            AacFormats::of),
        new Target("video message", video, VideoPackets::read),
        new Target("audio message", audio, AudioPackets::read),
        new Target(
            "FLV file",
            List.of(
                Bytes.ofHex(
                    "464c56 01 05 00000009 00000000 08 000001 000102 ff 000000 af 0000000c"
                        + "09 000001 000005 00 000000 17 deadbeef")),
            bytes -> new FlvTagReader(4096).read(bytes.asByteBuffer(), tag -> {})));
  }

  /// What was accepted can be written, and says the same when read again.
  private static void readAmf(Bytes bytes) {
    List<Amf0Value> values = Amf0Reader.readAll(bytes);
    if (!Amf0Reader.readAll(Amf0Writer.writeAll(values)).equals(values)) {
      throw new AssertionError("written and read again it differs: " + values);
    }
  }

  private static void readNalUnits(Bytes bytes) {
    for (NalUnit unit : NalUnits.of(bytes, 4)) {
      if (unit.bytes().isEmpty()) {
        throw new AssertionError("empty NAL unit");
      }
    }
  }

  private static Bytes body(Bytes message) {
    return message.slice(Math.min(5, message.length()));
  }

  private static List<Bytes> payloads(int type) {
    return RecordedMessages.all().stream()
        .filter(message -> message.type() == type)
        .map(Message::payload)
        .toList();
  }
}
