package nova.media.flv;

import nova.media.MalformedMediaException;
import nova.media.bytes.ByteReader;
import nova.media.bytes.FourCc;

/// How many tracks an enhanced message carries, and its way through their bodies; the same for audio
/// and video.
///
///     no multitrack           codec | body
///     OneTrack                kind, type | codec | { track | body }
///     ManyTracks              kind, type | codec | { track | size UI24 | body }*
///     ManyTracksManyCodecs    kind, type |         { codec | track | size UI24 | body }*
///
/// Spec: E-RTMP v2 "Multitrack Streaming". *Immutable.*
///
/// @param packetType what all bodies are
/// @param hasTrackIds whether bodies are preceded by a track number; else there is one, of track 0
/// @param hasSizes whether bodies are preceded by a size; else there is one, up to the end
/// @param hasCodecs whether bodies are preceded by a codec
/// @param firstCodec the codec of all bodies; unused when `hasCodecs`
record ExTracks(
    int packetType, boolean hasTrackIds, boolean hasSizes, boolean hasCodecs, FourCc firstCodec) {
  private static final int ONE_TRACK = 0;
  private static final int MANY_TRACKS_MANY_CODECS = 2;

  /// Track numbers have eight bits, so more bodies than this cannot all be of different tracks.
  private static final int MAX_BODIES = 256;

  /// Takes the body of one track.
  @FunctionalInterface
  interface BodyReader {
    void read(int trackId, FourCc codec, ByteReader body);
  }

  /// Reads what follows the extensions of a header.
  ///
  /// @param multitrackType the packet type that announces several tracks
  static ExTracks read(ByteReader in, int packetType, int multitrackType) {
    if (packetType != multitrackType) {
      return new ExTracks(packetType, false, false, false, in.fourCc());
    }
    int at = in.offset();
    int next = in.u8(); // avMultitrackType(4), packetType(4)
    int kind = next >> 4;
    int innerType = next & 0xf;
    if (kind > MANY_TRACKS_MANY_CODECS
        || innerType == multitrackType
        || innerType == ModEx.PACKET_TYPE) {
      throw new MalformedMediaException(
          "bad-multitrack",
          "multitrack byte 0x%02x at offset 0x%x (expected: kind 0..2 and a packet type other than %d and %d)"
              .formatted(next, at, multitrackType, ModEx.PACKET_TYPE));
    }
    boolean manyCodecs = kind == MANY_TRACKS_MANY_CODECS;
    return new ExTracks(
        innerType, true, kind != ONE_TRACK, manyCodecs, manyCodecs ? new FourCc(0) : in.fourCc());
  }

  /// Reads the bodies one by one.
  void readBodies(ByteReader in, BodyReader reader) {
    int bodies = 0;
    do {
      if (++bodies > MAX_BODIES) {
        throw new MalformedMediaException(
            "bad-multitrack",
            "multitrack message with more than %d bodies at offset 0x%x (expected: <= %d)"
                .formatted(MAX_BODIES, in.offset(), MAX_BODIES));
      }
      FourCc codec = hasCodecs ? in.fourCc() : firstCodec;
      int trackId = hasTrackIds ? in.u8() : 0;
      reader.read(trackId, codec, in.inner(hasSizes ? in.u24() : in.remaining()));
    } while (hasSizes && !in.isExhausted());
  }
}
