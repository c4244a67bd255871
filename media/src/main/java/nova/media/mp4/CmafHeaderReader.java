package nova.media.mp4;

import java.util.List;
import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.TrackFormat;
import nova.media.UnsupportedMediaException;
import nova.media.aac.AacFormats;
import nova.media.avc.AvcFormats;
import nova.media.bytes.ByteReader;
import nova.media.bytes.FourCc;

/// Reads the format of the only track back from a CMAF header. What a decoder is given has the last
/// word, as at ingest; boxes that it does not know are skipped.
///
/// Spec: ISO/IEC 23000-19 §7.3.1 (CMAF header). *Thread-safe.*
public final class CmafHeaderReader {
  private static final List<FourCc> TO_SAMPLE_ENTRIES =
      List.of(
          FourCc.of("moov"),
          FourCc.of("trak"),
          FourCc.of("mdia"),
          FourCc.of("minf"),
          FourCc.of("stbl"));
  private static final FourCc STSD = FourCc.of("stsd");
  private static final FourCc AVC1 = FourCc.of("avc1");
  private static final FourCc AVCC = FourCc.of("avcC");
  private static final FourCc MP4A = FourCc.of("mp4a");
  private static final FourCc ESDS = FourCc.of("esds");

  private static final int VISUAL_FIELDS = 78;
  private static final int AUDIO_FIELDS = 28;

  private CmafHeaderReader() {}

  /// The format that [CmafHeaderWriter] wrote.
  ///
  /// @throws MalformedMediaException when the bytes are anything else
  /// @throws UnsupportedMediaException when the track is of a coding that Nova does not carry
  public static TrackFormat read(Bytes header) {
    ByteReader at = new ByteReader(header, "cmaf-header");
    for (FourCc type : TO_SAMPLE_ENTRIES) {
      at = find(at, type);
    }
    ByteReader entries = find(at, STSD);
    entries.skip(Box.FULL_BYTES + 4L); // entry_count
    BoxReader entry = BoxReader.next(entries);
    if (entry.is(AVC1)) {
      entry.body().skip(VISUAL_FIELDS);
      return AvcFormats.of(find(entry.body(), AVCC).rest());
    }
    if (entry.is(MP4A)) {
      entry.body().skip(AUDIO_FIELDS);
      return AacFormats.of(
          ElementaryStreamDescriptor.audioSpecificConfig(find(entry.body(), ESDS)));
    }
    throw new UnsupportedMediaException(
        "sample-entry", "sample entry %s (expected: avc1 or mp4a)".formatted(entry.type()));
  }

  private static ByteReader find(ByteReader parent, FourCc type) {
    while (!parent.isExhausted()) {
      BoxReader box = BoxReader.next(parent);
      if (box.is(type)) {
        return box.body();
      }
    }
    throw new MalformedMediaException(
        "bad-cmaf-header",
        "no box %s before offset 0x%x (expected: one)".formatted(type, parent.offset()));
  }
}
