package nova.media.avc;

import java.util.List;
import nova.core.Bytes;

/// Decoder configurations that encoders made, with what `ffprobe` says of the files they are from.
public final class AvcVectors {
  /// One configuration.
  ///
  /// @param chromaFormat 0 monochrome, 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4
  /// @param reorder frames that may be shown after one that they precede; -1 when not told
  public record Vector(
      String name,
      String hex,
      String codecString,
      int width,
      int height,
      int aspectWidth,
      int aspectHeight,
      double frameRate,
      int chromaFormat,
      int bitDepth,
      boolean interlaced,
      int reorder) {
    /// The record as sent.
    public Bytes bytes() {
      return Bytes.ofHex(hex);
    }

    boolean isPlayable() {
      return chromaFormat == 1 && bitDepth == 8;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  public static final List<Vector> ALL =
      List.of(
          new Vector(
              "OBS 30.2.3, baseline",
              "0142c00cffe1001c6742c00cda05067e7c05a808080a000003000200000300291e28554001000468ce3c80",
              "avc1.42c00c",
              320,
              180,
              1,
              1,
              10,
              1,
              8,
              false,
              0),
          new Vector(
              "GStreamer 1.26, baseline",
              "0142c00cffe1001c6742c00cda05067e7c05a8303035280000030008000003019478a15501000468ce3c80",
              "avc1.42c00c",
              320,
              180,
              1,
              1,
              25,
              1,
              8,
              false,
              0),
          new Vector(
              "FFmpeg 5.1, main with B-frames",
              "014d400dffe10019674d400deca0a0cfcf80880000030008000003019078a14cb001000468ce3c80",
              "avc1.4d400d",
              320,
              180,
              1,
              1,
              25,
              1,
              8,
              false,
              2),
          new Vector(
              "1080p30, high, cropped from 1088 lines",
              "01640028ffe1001b67640028acd940780227e5c044000003000400000300f03c60c65801000668ebe3cb22c0fdf8f800",
              "avc1.640028",
              1920,
              1080,
              1,
              1,
              30,
              1,
              8,
              false,
              2),
          new Vector(
              "1080p59.94, main, BT.709",
              "014d402affe1001c674d402aeca03c0113f2e02d4040405000003e90001d4c00f183196001000568ebe3cb20",
              "avc1.4d402a",
              1920,
              1080,
              1,
              1,
              60_000 / 1001.0,
              1,
              8,
              false,
              2),
          new Vector(
              "1080i25, fields",
              "01640028ffe1001a67640028acd94078044fde0220000003002000000643e2c5b2c001000668fba3cb22c0fdf8f800",
              "avc1.640028",
              1920,
              1080,
              1,
              1,
              25,
              1,
              8,
              true,
              2),
          new Vector(
              "PAL 16:9, pixels 64:45",
              "0164001effe1001d6764001eacd940b4126ffc010000b440000003004000000c83c58b658001000668ebe3cb22c0fdf8f800",
              "avc1.64001e",
              720,
              576,
              64,
              45,
              25,
              1,
              8,
              false,
              2),
          new Vector(
              "NTSC 4:3, pixels 8:9",
              "0164001effe1001c6764001eacd940b43dbff00080009100000303e90000ea600f162d9601000668ebe3cb22c0fdf8f800",
              "avc1.64001e",
              720,
              480,
              8,
              9,
              30_000 / 1001.0,
              1,
              8,
              false,
              2),
          new Vector(
              "hypothetical reference decoder in the VUI",
              "0164000dffe100246764000dacd941419f9f0110000003001000000301e602001e840007a1392ca01e28532c01000568ebecb22cfdf8f800",
              "avc1.64000d",
              320,
              180,
              1,
              1,
              15,
              1,
              8,
              false,
              2),
          new Vector(
              "scaling matrix, cropped both ways",
              "01640015ffe1001a67640015acd94151be688c0440000003004000001903c58b658001000768ebe3cb3002c0fdf8f800",
              "avc1.640015",
              326,
              194,
              1,
              1,
              50,
              1,
              8,
              false,
              2),
          new Vector(
              "10 bits",
              "016e000cffe1001a676e000ca6cd941419f9f0110000030001000003001e0f14299601000668ebe3cb22c0fdfafa00",
              "avc1.6e000c",
              320,
              180,
              1,
              1,
              15,
              1,
              10,
              false,
              2),
          new Vector(
              "4:2:2",
              "017a000cffe1001a677a000cbcd941419f8dc044000003000400000300783c50a65801000668ebe3cb22c0fef8f800",
              "avc1.7a000c",
              320,
              180,
              1,
              1,
              15,
              2,
              8,
              false,
              2),
          new Vector(
              "4:4:4, cropped by single pixels",
              "01f4000cffe1001b67f4000c919b282a33c7c5e0220000030002000003003c1e28532c01000668ebe3c44844fff8f800",
              "avc1.f4000c",
              322,
              182,
              1,
              1,
              15,
              3,
              8,
              false,
              2),
          new Vector(
              "monochrome",
              "0164000cffe100196764000cf36505067e37016c80000003008000000f078a14cb01000668ebe3cb22c0fcf8f800",
              "avc1.64000c",
              320,
              180,
              1,
              1,
              15,
              0,
              8,
              false,
              2));

  private AvcVectors() {}
}
