package nova.media.flv;

import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.UnsupportedMediaException;
import nova.media.bytes.ByteReader;
import nova.media.bytes.FourCc;

/// Reads the payload of an audio message or tag.
///
/// Spec: FLV E.4.2; E-RTMP v2 "Enhanced Audio". *Immutable.*
public final class AudioPackets {
  private AudioPackets() {}

  /// The packets of one message; none for an empty one, which means silence, and for bodies without
  /// content, such as the lone `af 00` that some encoders start with.
  ///
  /// @throws MalformedMediaException when the message is broken; the connection can go on
  /// @throws UnsupportedMediaException when it is of a kind or a legacy codec that Nova does not
  ///   know
  public static List<AudioPacket> read(Bytes message) {
    if (message.isEmpty()) {
      return List.of();
    }
    ByteReader in = new ByteReader(message, "audio-message");
    List<AudioPacket> packets = new ArrayList<>(1);
    if (ExAudioTagHeader.isEnhanced(in.peekU8())) {
      ExAudioTagHeader header = ExAudioTagHeader.read(in);
      int packetType = header.tracks().packetType();
      int nanosecondOffset = header.nanosecondOffset();
      header
          .tracks()
          .readBodies(
              in,
              (trackId, codec, body) ->
                  readBody(packetType, nanosecondOffset, trackId, codec, body.rest(), packets));
    } else {
      readLegacy(in, packets);
    }
    return packets;
  }

  private static void readLegacy(ByteReader in, List<AudioPacket> packets) {
    AudioTagHeader header = AudioTagHeader.read(in);
    switch (header.packetType()) {
      case AudioTagHeader.SEQUENCE_START -> addStart(packets, 0, header.codec(), in.rest());
      case AudioTagHeader.CODED_FRAMES -> addFrame(packets, 0, header.codec(), 0, in.rest());
      default ->
          throw new MalformedMediaException(
              "bad-audio-packet-type",
              "AAC packet type %d at offset 0x1 (expected: 0 or 1)".formatted(header.packetType()));
    }
  }

  private static void readBody(
      int packetType,
      int nanosecondOffset,
      int trackId,
      FourCc codec,
      Bytes body,
      List<AudioPacket> packets) {
    switch (packetType) {
      case ExAudioTagHeader.SEQUENCE_START -> addStart(packets, trackId, codec, body);
      case ExAudioTagHeader.CODED_FRAMES ->
          addFrame(packets, trackId, codec, nanosecondOffset, body);
      case ExAudioTagHeader.SEQUENCE_END ->
          packets.add(new AudioPacket.SequenceEnd(trackId, codec));
      case ExAudioTagHeader.MULTICHANNEL_CONFIG ->
          packets.add(new AudioPacket.MultichannelConfig(trackId, codec, body));
      default ->
          throw new UnsupportedMediaException(
              "audio-packet-type",
              "enhanced audio packet type %d of %s (expected: 0, 1, 2 or 4)"
                  .formatted(packetType, FlvCodecs.name(codec)));
    }
  }

  private static void addStart(
      List<AudioPacket> packets, int trackId, FourCc codec, Bytes configuration) {
    if (!configuration.isEmpty()) {
      packets.add(new AudioPacket.SequenceStart(trackId, codec, configuration));
    }
  }

  private static void addFrame(
      List<AudioPacket> packets, int trackId, FourCc codec, int nanosecondOffset, Bytes payload) {
    if (!payload.isEmpty()) {
      packets.add(new AudioPacket.CodedFrame(trackId, codec, nanosecondOffset, payload));
    }
  }
}
