package nova.media.mp4;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.bytes.ByteReader;
import nova.media.bytes.FourCc;

/// Reads CMAF chunks of one track back into samples, which share the memory of the input. Boxes
/// that it does not know are skipped.
///
/// Spec: ISO/IEC 23000-19 §7.3.3.2 (CMAF chunk). *Thread-safe.*
public final class CmafChunkReader {
  private static final FourCc STYP = FourCc.of("styp");
  private static final FourCc PRFT = FourCc.of("prft");
  private static final FourCc MOOF = FourCc.of("moof");
  private static final FourCc MDAT = FourCc.of("mdat");

  private CmafChunkReader() {}

  /// All chunks of `bytes`: one for a part, several for a segment.
  ///
  /// @throws MalformedMediaException when the bytes are anything else
  public static List<CmafChunk> readAll(Bytes bytes) {
    ByteReader file = new ByteReader(bytes, "cmaf-chunk");
    List<CmafChunk> chunks = new ArrayList<>();
    while (!file.isExhausted()) {
      chunks.add(readNext(bytes, file));
    }
    return List.copyOf(chunks);
  }

  /// The one chunk that `bytes` is.
  ///
  /// @throws MalformedMediaException when the bytes are anything else
  public static CmafChunk read(Bytes bytes) {
    List<CmafChunk> chunks = readAll(bytes);
    if (chunks.size() != 1) {
      throw new MalformedMediaException(
          "bad-cmaf-chunk", "%d chunks in %s (expected: 1)".formatted(chunks.size(), bytes));
    }
    return chunks.getFirst();
  }

  private static CmafChunk readNext(Bytes bytes, ByteReader file) {
    boolean startsSegment = false;
    Optional<ProducerReferenceTime> reference = Optional.empty();
    Optional<MovieFragment> fragment = Optional.empty();
    while (!file.isExhausted()) {
      BoxReader box = BoxReader.next(file);
      if (box.is(STYP)) {
        startsSegment = true;
      } else if (box.is(PRFT)) {
        reference = Optional.of(readPrft(box));
      } else if (box.is(MOOF)) {
        fragment = Optional.of(MovieFragment.read(box));
      } else if (box.is(MDAT) && fragment.isPresent()) {
        MovieFragment moof = fragment.get();
        return new CmafChunk(
            moof.sequenceNumber(),
            moof.baseMediaDecodeTime(),
            startsSegment,
            reference,
            samples(bytes, moof, box));
      }
    }
    throw new MalformedMediaException(
        "truncated-cmaf-chunk",
        "chunk ends at offset 0x%x without moof and mdat (expected: both, in this order)"
            .formatted(file.offset()));
  }

  private static List<CmafSample> samples(Bytes bytes, MovieFragment moof, BoxReader mdat) {
    long dataStart = mdat.body().offset();
    long dataEnd = dataStart + mdat.body().remaining();
    long at = moof.start() + moof.dataOffset();
    List<CmafSample> samples = new ArrayList<>(moof.rows().size());
    for (MovieFragment.Row row : moof.rows()) {
      long end = at + row.size();
      if (at < dataStart || end > dataEnd) {
        throw mdat.malformed(
            "a sample at",
            "%d..%d".formatted(at, end),
            "within %d..%d".formatted(dataStart, dataEnd));
      }
      samples.add(
          new CmafSample(
              bytes.slice((int) at, (int) end),
              row.duration(),
              row.compositionOffset(),
              row.sync()));
      at = end;
    }
    return samples;
  }

  private static ProducerReferenceTime readPrft(BoxReader prft) {
    int version = prft.body().u8();
    int flags = prft.body().u24();
    prft.body().skip(4); // reference_track_ID
    long ntp = prft.body().u64();
    long mediaTime = version == 0 ? prft.body().u32() : prft.body().u64();
    if (mediaTime < 0) {
      throw prft.malformed("media_time", Long.toUnsignedString(mediaTime), "< 2^63");
    }
    for (ProducerReferenceTime.Event event : ProducerReferenceTime.Event.values()) {
      if (event.flags() == flags) {
        return new ProducerReferenceTime(NtpTimestamps.toInstant(ntp), mediaTime, event);
      }
    }
    throw prft.malformed("flags", flags, "0, 1, 2, 4, 8 or 24");
  }
}
