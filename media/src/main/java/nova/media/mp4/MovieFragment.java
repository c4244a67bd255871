package nova.media.mp4;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.media.MalformedMediaException;
import nova.media.bytes.ByteReader;
import nova.media.bytes.FourCc;

/// What a `moof` says of the samples in the `mdat` after it.
///
/// Spec: ISO/IEC 14496-12 §8.8.4–8.8.8, §8.8.12 (moof, mfhd, traf, tfhd, trun, tfdt). *Immutable.*
///
/// @param start where the `moof` begins in the file
/// @param dataOffset bytes from there to the first sample
record MovieFragment(
    int start, long sequenceNumber, long baseMediaDecodeTime, long dataOffset, List<Row> rows) {
  /// No encoder puts more samples into one chunk; a bound for what is allocated.
  private static final int MAX_SAMPLES = 1 << 16;

  private static final FourCc MFHD = FourCc.of("mfhd");
  private static final FourCc TRAF = FourCc.of("traf");
  private static final FourCc TFHD = FourCc.of("tfhd");
  private static final FourCc TFDT = FourCc.of("tfdt");
  private static final FourCc TRUN = FourCc.of("trun");

  MovieFragment {
    rows = List.copyOf(rows);
  }

  /// One sample without its payload.
  record Row(long duration, long size, boolean sync, long compositionOffset) {}

  static MovieFragment read(BoxReader moof) {
    long sequenceNumber = 0;
    Optional<BoxReader> traf = Optional.empty();
    while (!moof.body().isExhausted()) {
      BoxReader child = BoxReader.next(moof.body());
      if (child.is(MFHD)) {
        child.body().skip(Box.FULL_BYTES);
        sequenceNumber = child.body().u32();
      } else if (child.is(TRAF)) {
        requireFirst(traf, child, "moof");
        traf = Optional.of(child);
      }
    }
    return readTraf(
        moof.start(),
        sequenceNumber,
        traf.orElseThrow(() -> moof.malformed("no", "traf", "exactly one")));
  }

  private static MovieFragment readTraf(int start, long sequenceNumber, BoxReader traf) {
    Optional<BoxReader> tfhd = Optional.empty();
    Optional<BoxReader> tfdt = Optional.empty();
    Optional<BoxReader> trun = Optional.empty();
    while (!traf.body().isExhausted()) {
      BoxReader child = BoxReader.next(traf.body());
      if (child.is(TFHD)) {
        requireFirst(tfhd, child, "traf");
        tfhd = Optional.of(child);
      } else if (child.is(TFDT)) {
        requireFirst(tfdt, child, "traf");
        tfdt = Optional.of(child);
      } else if (child.is(TRUN)) {
        requireFirst(trun, child, "traf");
        trun = Optional.of(child);
      }
    }
    if (tfhd.isEmpty() || tfdt.isEmpty() || trun.isEmpty()) {
      throw traf.malformed("no", "tfhd, tfdt or trun", "one of each");
    }
    long baseMediaDecodeTime = readDecodeTime(tfdt.get());
    return readRun(
        start, sequenceNumber, baseMediaDecodeTime, Defaults.read(tfhd.get()), trun.get());
  }

  private static long readDecodeTime(BoxReader tfdt) {
    int version = tfdt.body().u8();
    tfdt.body().skip(3);
    long time = version == 0 ? tfdt.body().u32() : tfdt.body().u64();
    if (time < 0) {
      throw tfdt.malformed("baseMediaDecodeTime", Long.toUnsignedString(time), "< 2^63");
    }
    return time;
  }

  private static MovieFragment readRun(
      int start, long sequenceNumber, long decodeTime, Defaults defaults, BoxReader trun) {
    ByteReader body = trun.body();
    int version = body.u8();
    int flags = body.u24();
    long count = body.u32();
    if (count < 1 || count > MAX_SAMPLES) {
      throw trun.malformed("sample_count", count, "1.." + MAX_SAMPLES);
    }
    if ((flags & TrackRun.DATA_OFFSET) == 0) {
      throw trun.malformed("no", "data_offset", "one, counted from moof");
    }
    long dataOffset = body.s32();
    boolean firstFlags = (flags & TrackRun.FIRST_SAMPLE_FLAGS) != 0;
    int firstSampleFlags = firstFlags ? body.s32() : 0;
    // All rows must be there before room for them is made.
    ByteReader table = body.inner(count * 4 * Integer.bitCount(flags & TrackRun.COLUMNS));
    List<Row> rows = new ArrayList<>((int) count);
    for (int i = 0; i < count; i++) {
      long duration = (flags & TrackRun.DURATION) != 0 ? table.u32() : defaults.duration();
      long size = (flags & TrackRun.SIZE) != 0 ? table.u32() : defaults.size();
      int sampleFlags = (flags & TrackRun.FLAGS) != 0 ? table.s32() : defaults.flags();
      long offset =
          (flags & TrackRun.COMPOSITION_OFFSET) == 0 ? 0 : version == 0 ? table.u32() : table.s32();
      if (offset > Integer.MAX_VALUE) {
        throw trun.malformed("sample_composition_time_offset", offset, "< 2^31");
      }
      boolean sync = SampleFlags.isSync(i == 0 && firstFlags ? firstSampleFlags : sampleFlags);
      rows.add(new Row(duration, size, sync, offset));
    }
    return new MovieFragment(start, sequenceNumber, decodeTime, dataOffset, rows);
  }

  private static void requireFirst(Optional<BoxReader> earlier, BoxReader box, String parent) {
    if (earlier.isPresent()) {
      throw new MalformedMediaException(
          "bad-cmaf-chunk",
          "second %s in a %s at offset 0x%x (expected: one, as CMAF chunks of Nova have)"
              .formatted(box.type(), parent, box.start()));
    }
  }

  /// The values of `tfhd` that hold where `trun` has no column. Those of `trex` are not known here;
  /// a chunk of Nova does not need them.
  private record Defaults(long duration, long size, int flags) {
    private static final int BASE_DATA_OFFSET = 0x000001;
    private static final int SAMPLE_DESCRIPTION_INDEX = 0x000002;
    private static final int DURATION = 0x000008;
    private static final int SIZE = 0x000010;
    private static final int FLAGS = 0x000020;

    static Defaults read(BoxReader tfhd) {
      ByteReader body = tfhd.body();
      body.skip(1); // version
      int present = body.u24();
      body.skip(4); // track_ID
      if ((present & BASE_DATA_OFFSET) != 0) {
        throw tfhd.malformed("a", "base-data-offset", "none: CMAF counts from moof");
      }
      if ((present & SAMPLE_DESCRIPTION_INDEX) != 0) {
        body.skip(4);
      }
      return new Defaults(
          (present & DURATION) != 0 ? body.u32() : 0,
          (present & SIZE) != 0 ? body.u32() : 0,
          (present & FLAGS) != 0 ? body.s32() : 0);
    }
  }
}
