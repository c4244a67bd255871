package nova.media;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import nova.core.Bytes;
import nova.media.aac.AacFormats;
import nova.media.aac.AudioSpecificConfig;
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
import nova.testkit.FuzzTarget;

/// The readers of this module that read what peers send.
public final class FuzzTargets {
  /// The dearest input: a byte of AMF that becomes a map entry with name and value.
  private static final long ALLOCATION_PER_BYTE = 400;

  private static final List<Bytes> AAC =
      Stream.of("119056e500", "123856e500", "2b118800", "1780ee020800").map(Bytes::ofHex).toList();

  private FuzzTargets() {}

  public static List<FuzzTarget> all() {
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
        target("amf", amf, FuzzTargets::readAmf),
        target("avc-format", configurations, AvcFormats::of),
        target(
            "avc-configuration",
            configurations,
            bytes -> AvcDecoderConfigurationRecord.read(bytes).write()),
        target("sequence-parameter-set", parameterSets, SequenceParameterSet::read),
        target(
            "nal-units", video.stream().map(FuzzTargets::body).toList(), FuzzTargets::readNalUnits),
        target("aac-format", AAC, AacFormats::of),
        target("audio-specific-config", AAC, AudioSpecificConfig::read),
        target("video-message", video, VideoPackets::read),
        target("audio-message", audio, AudioPackets::read),
        target(
            "flv-file",
            List.of(
                Bytes.ofHex(
                    "464c56 01 05 00000009 00000000 08 000001 000102 ff 000000 af 0000000c"
                        + "09 000001 000005 00 000000 17 deadbeef")),
            bytes -> new FlvTagReader(4096).read(bytes.asByteBuffer(), tag -> {})));
  }

  /// Refusals are media exceptions that tell what was expected, and anything else is a fault.
  private static FuzzTarget target(String name, List<Bytes> seeds, Consumer<Bytes> reader) {
    return new FuzzTarget(
        name,
        seeds.stream().map(Bytes::asByteBuffer).toList(),
        ALLOCATION_PER_BYTE,
        input -> {
          try {
            reader.accept(Bytes.wrap(input));
          } catch (MediaException e) {
            String sentence = String.valueOf(e.getMessage());
            // A codec may be called null by the peer; whatever else is null is our fault.
            boolean unsaid =
                sentence.contains("null")
                    && !new String(input, StandardCharsets.ISO_8859_1).contains("null");
            if (!e.reason().matches("[a-z0-9-]+") || !sentence.contains("expected") || unsaid) {
              throw new AssertionError("no sentence to act on: " + e, e);
            }
          }
        });
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
