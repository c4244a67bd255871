package nova.media.flv;

import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.UnsupportedMediaException;
import nova.media.bytes.ByteReader;
import nova.media.bytes.FourCc;

/// Reads the payload of a video message or tag.
///
/// Spec: FLV E.4.3; E-RTMP v2 "Enhanced Video". *Immutable.*
public final class VideoPackets {
  private VideoPackets() {}

  /// The packets of one message; none for an empty one, for a command frame, and for bodies without
  /// content, which encoders send now and then.
  ///
  /// @throws MalformedMediaException when the message is broken; the connection can go on
  /// @throws UnsupportedMediaException when it is of a kind or a legacy codec that Nova does not
  ///   know
  public static List<VideoPacket> read(Bytes message) {
    if (message.isEmpty()) {
      return List.of();
    }
    ByteReader in = new ByteReader(message, "video-message");
    List<VideoPacket> packets = new ArrayList<>(1);
    if (ExVideoTagHeader.isEnhanced(in.peekU8())) {
      readEnhanced(in, packets);
    } else {
      readLegacy(in, packets);
    }
    return packets;
  }

  private static void readLegacy(ByteReader in, List<VideoPacket> packets) {
    VideoTagHeader header = VideoTagHeader.read(in);
    if (header.frameType() == VideoFrameType.COMMAND) {
      return;
    }
    switch (header.packetType()) {
      case VideoTagHeader.SEQUENCE_START -> addStart(packets, 0, header.codec(), in.rest());
      case VideoTagHeader.CODED_FRAMES ->
          addFrame(
              packets,
              0,
              header.codec(),
              header.frameType(),
              header.compositionTimeMs(),
              0,
              in.rest());
      case VideoTagHeader.SEQUENCE_END ->
          packets.add(new VideoPacket.SequenceEnd(0, header.codec()));
      default ->
          throw new MalformedMediaException(
              "bad-video-packet-type",
              "video packet type %d at offset 0x1 (expected: 0..2)".formatted(header.packetType()));
    }
  }

  private static void readEnhanced(ByteReader in, List<VideoPacket> packets) {
    ExVideoTagHeader header = ExVideoTagHeader.read(in);
    ExTracks tracks = header.tracks();
    if (tracks != null) {
      tracks.readBodies(
          in,
          (trackId, codec, body) ->
              readBody(header, tracks.packetType(), trackId, codec, body, packets));
    }
  }

  private static void readBody(
      ExVideoTagHeader header,
      int packetType,
      int trackId,
      FourCc codec,
      ByteReader body,
      List<VideoPacket> packets) {
    VideoFrameType frameType = header.frameType();
    switch (packetType) {
      case ExVideoTagHeader.SEQUENCE_START -> addStart(packets, trackId, codec, body.rest());
      case ExVideoTagHeader.CODED_FRAMES, ExVideoTagHeader.CODED_FRAMES_X -> {
        boolean hasTime =
            packetType == ExVideoTagHeader.CODED_FRAMES && FlvCodecs.hasCompositionTime(codec);
        int compositionTimeMs = hasTime && !body.isExhausted() ? body.s24() : 0;
        addFrame(
            packets,
            trackId,
            codec,
            frameType == null ? VideoFrameType.INTER : frameType,
            compositionTimeMs,
            header.nanosecondOffset(),
            body.rest());
      }
      case ExVideoTagHeader.SEQUENCE_END ->
          packets.add(new VideoPacket.SequenceEnd(trackId, codec));
      case ExVideoTagHeader.METADATA ->
          packets.add(new VideoPacket.Metadata(trackId, codec, body.rest()));
      default ->
          throw new UnsupportedMediaException(
              "video-packet-type",
              "enhanced video packet type %d of %s (expected: 0..4)"
                  .formatted(packetType, FlvCodecs.name(codec)));
    }
  }

  private static void addStart(
      List<VideoPacket> packets, int trackId, FourCc codec, Bytes configuration) {
    if (!configuration.isEmpty()) {
      packets.add(new VideoPacket.SequenceStart(trackId, codec, configuration));
    }
  }

  private static void addFrame(
      List<VideoPacket> packets,
      int trackId,
      FourCc codec,
      VideoFrameType frameType,
      int compositionTimeMs,
      int nanosecondOffset,
      Bytes payload) {
    if (!payload.isEmpty()) {
      packets.add(
          new VideoPacket.CodedFrame(
              trackId, codec, frameType, compositionTimeMs, nanosecondOffset, payload));
    }
  }
}
