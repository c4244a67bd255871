package nova.media.mp4;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import nova.media.TrackFormat;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.VideoFormat;
import nova.media.bytes.FourCc;

/// The boxes of a CMAF header, all durations and sample counts zero.
///
///     ftyp
///     moov
///     ├── mvhd
///     ├── trak
///     │   ├── tkhd
///     │   └── mdia
///     │       ├── mdhd
///     │       ├── hdlr
///     │       └── minf
///     │           ├── vmhd | smhd
///     │           ├── dinf ── dref ── url
///     │           └── stbl
///     │               ├── stsd ── avc1 | mp4a
///     │               └── stts, stsc, stsz, stco
///     └── mvex ── trex
///
/// Spec: ISO/IEC 14496-12 §8.2–8.8; ISO/IEC 23000-19 §7.5.
final class MovieBoxes {
  private static final int TKHD_ENABLED_IN_MOVIE = 0x000003;
  private static final int URL_SELF_CONTAINED = 0x000001;
  private static final short LANGUAGE_UND = 0x55c4; // three 5-bit letters: u n d

  private MovieBoxes() {}

  static Box ftyp() {
    return Box.leaf(
        "ftyp",
        20,
        out -> {
          out.putInt(FourCc.of("cmfc").value()); // major_brand
          out.putInt(0); // minor_version
          out.putInt(FourCc.of("cmfc").value()); // compatible_brands
          out.putInt(FourCc.of("iso6").value());
          out.putInt(FourCc.of("mp41").value());
        });
  }

  static Box moov(TrackFormat format) {
    int timescale = format.timescale().ticksPerSecond();
    return Box.container(
        "moov",
        mvhd(timescale),
        Box.container(
            "trak",
            tkhd(format),
            Box.container(
                "mdia",
                mdhd(timescale),
                hdlr(format),
                Box.container("minf", mediaHeader(format), dinf(), stbl(format)))),
        Box.container("mvex", trex()));
  }

  private static Box mvhd(int timescale) {
    return Box.full(
        "mvhd",
        0,
        0,
        96,
        out -> {
          out.putInt(0); // creation_time
          out.putInt(0); // modification_time
          out.putInt(timescale);
          out.putInt(0); // duration
          out.putInt(0x00010000); // rate 16.16
          out.putShort((short) 0x0100); // volume 8.8
          zeros(out, 10); // reserved
          unityMatrix(out);
          zeros(out, 24); // pre_defined
          out.putInt(CmafHeaderWriter.TRACK_ID + 1); // next_track_ID
        });
  }

  private static Box tkhd(TrackFormat format) {
    return Box.full(
        "tkhd",
        0,
        TKHD_ENABLED_IN_MOVIE,
        80,
        out -> {
          out.putInt(0); // creation_time
          out.putInt(0); // modification_time
          out.putInt(CmafHeaderWriter.TRACK_ID);
          out.putInt(0); // reserved
          out.putInt(0); // duration
          zeros(out, 8); // reserved
          out.putShort((short) 0); // layer
          out.putShort((short) 0); // alternate_group
          out.putShort(format instanceof AudioFormat ? (short) 0x0100 : 0); // volume 8.8
          out.putShort((short) 0); // reserved
          unityMatrix(out);
          switch (format) {
            case VideoFormat video -> {
              out.putInt(DisplaySize.of(video).width16x16());
              out.putInt(DisplaySize.of(video).height16x16());
            }
            case AudioFormat _ -> zeros(out, 8);
          }
        });
  }

  private static Box mdhd(int timescale) {
    return Box.full(
        "mdhd",
        0,
        0,
        20,
        out -> {
          out.putInt(0); // creation_time
          out.putInt(0); // modification_time
          out.putInt(timescale);
          out.putInt(0); // duration
          out.putShort(LANGUAGE_UND); // pad:1 language:15
          out.putShort((short) 0); // pre_defined
        });
  }

  private static Box hdlr(TrackFormat format) {
    String type =
        switch (format) {
          case VideoFormat _ -> "vide";
          case AudioFormat _ -> "soun";
        };
    String name =
        switch (format) {
          case VideoFormat _ -> "Nova video";
          case AudioFormat _ -> "Nova audio";
        };
    byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
    return Box.full(
        "hdlr",
        0,
        0,
        20 + ascii.length + 1,
        out -> {
          out.putInt(0); // pre_defined
          out.putInt(FourCc.of(type).value()); // handler_type
          zeros(out, 12); // reserved
          out.put(ascii); // name
          out.put((byte) 0);
        });
  }

  private static Box mediaHeader(TrackFormat format) {
    return switch (format) {
      // graphicsmode UI16 and opcolor 3 × UI16: copy, black
      case VideoFormat _ -> Box.full("vmhd", 0, 1, 8, out -> zeros(out, 8));
      // balance 8.8 and reserved UI16
      case AudioFormat _ -> Box.full("smhd", 0, 0, 4, out -> zeros(out, 4));
    };
  }

  private static Box dinf() {
    Box url = Box.full("url ", 0, URL_SELF_CONTAINED, 0, Box.Fields.NONE);
    return Box.container(
        "dinf", Box.fullContainer("dref", 0, 0, 4, out -> out.putInt(1), url)); // entry_count
  }

  private static Box stbl(TrackFormat format) {
    return Box.container(
        "stbl",
        Box.fullContainer("stsd", 0, 0, 4, out -> out.putInt(1), SampleEntries.of(format)),
        Box.full("stts", 0, 0, 4, out -> out.putInt(0)), // entry_count
        Box.full("stsc", 0, 0, 4, out -> out.putInt(0)), // entry_count
        Box.full("stsz", 0, 0, 8, out -> zeros(out, 8)), // sample_size, sample_count
        Box.full("stco", 0, 0, 4, out -> out.putInt(0))); // entry_count
  }

  private static Box trex() {
    return Box.full(
        "trex",
        0,
        0,
        20,
        out -> {
          out.putInt(CmafHeaderWriter.TRACK_ID);
          out.putInt(1); // default_sample_description_index
          out.putInt(0); // default_sample_duration: every fragment says its own
          out.putInt(0); // default_sample_size
          out.putInt(0); // default_sample_flags
        });
  }

  private static void unityMatrix(ByteBuffer out) {
    out.putInt(0x00010000).putInt(0).putInt(0);
    out.putInt(0).putInt(0x00010000).putInt(0);
    out.putInt(0).putInt(0).putInt(0x40000000);
  }

  static void zeros(ByteBuffer out, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.put((byte) 0);
    }
  }
}
