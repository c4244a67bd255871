package nova.testkit;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// The fields of the boxes that [BoxDump] knows; reading moves the body's position, so that what is
/// left over shows.
///
/// Spec: ISO/IEC 14496-12 §8, ISO/IEC 14496-14 §6.7, ISO/IEC 14496-15 §5.3.3. *Confined to its
/// creator's thread.*
final class BoxFields {
  private final BoxDump dump;
  private final ByteBuffer in;
  private final int depth;

  BoxFields(BoxDump dump, ByteBuffer body, int depth) {
    this.dump = dump;
    this.in = body;
    this.depth = depth;
  }

  void dump(String type) {
    switch (type) {
      case "ftyp", "styp" -> brands();
      case "mvhd" -> movieHeader();
      case "tkhd" -> trackHeader();
      case "mdhd" -> mediaHeader();
      case "hdlr" -> handler();
      case "vmhd" -> {
        full();
        field("graphicsmode", u16());
        field("opcolor", hex(6));
      }
      case "smhd" -> {
        full();
        field("balance", u16());
        reserved(2);
      }
      case "dref", "stsd" -> {
        full();
        field("entry_count", u32());
        boxes();
      }
      case "url " -> full();
      case "stts", "stsc", "stco" -> {
        full();
        field("entry_count", u32());
      }
      case "stsz" -> {
        full();
        field("sample_size", u32());
        field("sample_count", u32());
      }
      case "avc1", "avc3", "hvc1", "hev1" -> visualSampleEntry();
      case "mp4a" -> audioSampleEntry();
      case "avcC" -> avcConfiguration();
      case "esds" -> {
        full();
        descriptors(in, depth);
      }
      case "pasp" -> {
        field("hSpacing", u32());
        field("vSpacing", u32());
      }
      case "colr" -> colour();
      case "btrt" -> {
        field("bufferSizeDB", u32());
        field("maxBitrate", u32());
        field("avgBitrate", u32());
      }
      case "trex" -> {
        full();
        field("track_ID", u32());
        field("default_sample_description_index", u32());
        field("default_sample_duration", u32());
        field("default_sample_size", u32());
        field("default_sample_flags", sampleFlags());
      }
      case "prft" -> producerReferenceTime();
      case "mfhd" -> {
        full();
        field("sequence_number", u32());
      }
      case "tfhd" -> trackFragmentHeader();
      case "tfdt" -> {
        field("baseMediaDecodeTime", full() >>> 24 == 0 ? u32() : in.getLong());
      }
      case "trun" -> trackRun();
      case "mdat" -> {
        field("payload", "%d bytes, sha-256 %s".formatted(in.remaining(), digest()));
        in.position(in.limit());
      }
      default -> field("body", hex(in.remaining()));
    }
  }

  private void brands() {
    field("major_brand", fourCc());
    field("minor_version", u32());
    List<String> brands = new ArrayList<>();
    while (in.hasRemaining()) {
      brands.add(fourCc());
    }
    field("compatible_brands", String.join(" ", brands));
  }

  private void movieHeader() {
    full();
    field("creation_time", u32());
    field("modification_time", u32());
    field("timescale", u32());
    field("duration", u32());
    field("rate", fixed16x16());
    field("volume", hex(2));
    reserved(10);
    matrix();
    reserved(24);
    field("next_track_ID", u32());
  }

  private void trackHeader() {
    full();
    field("creation_time", u32());
    field("modification_time", u32());
    field("track_ID", u32());
    reserved(4);
    field("duration", u32());
    reserved(8);
    field("layer", u16());
    field("alternate_group", u16());
    field("volume", hex(2));
    reserved(2);
    matrix();
    field("width", fixed16x16());
    field("height", fixed16x16());
  }

  private void mediaHeader() {
    full();
    field("creation_time", u32());
    field("modification_time", u32());
    field("timescale", u32());
    field("duration", u32());
    int packed = u16();
    StringBuilder language = new StringBuilder();
    for (int shift = 10; shift >= 0; shift -= 5) {
      language.append((char) (0x60 + (packed >> shift & 0x1f)));
    }
    field("language", language);
    reserved(2);
  }

  private void handler() {
    full();
    reserved(4);
    field("handler_type", fourCc());
    reserved(12);
    String name = BoxDump.latin1(in);
    in.position(in.limit());
    boolean terminated = name.indexOf('\0') == name.length() - 1;
    field("name", (terminated ? "" : "!! not NUL-terminated ") + name.replace("\0", ""));
  }

  private void visualSampleEntry() {
    reserved(6);
    field("data_reference_index", u16());
    reserved(16);
    field("width", u16());
    field("height", u16());
    field("horizresolution", fixed16x16());
    field("vertresolution", fixed16x16());
    reserved(4);
    field("frame_count", u16());
    field("compressorname", hex(32).replaceFirst("0{64}", "empty"));
    field("depth", u16());
    field("pre_defined", hex(2));
    boxes();
  }

  private void audioSampleEntry() {
    reserved(6);
    field("data_reference_index", u16());
    reserved(8);
    field("channelcount", u16());
    field("samplesize", u16());
    reserved(4);
    field("samplerate", fixed16x16());
    boxes();
  }

  private void avcConfiguration() {
    field("configurationVersion", u8());
    field("profile, compatibility, level", hex(3));
    field("lengthSizeMinusOne", u8() & 3);
    int count = u8() & 0x1f;
    for (int i = 0; i < count; i++) {
      field("sequenceParameterSet", hex(u16()));
    }
    count = u8();
    for (int i = 0; i < count; i++) {
      field("pictureParameterSet", hex(u16()));
    }
    if (in.hasRemaining()) {
      field("extension", hex(in.remaining()));
    }
  }

  private void descriptors(ByteBuffer from, int indent) {
    while (from.hasRemaining()) {
      int tag = from.get() & 0xff;
      int length = 0;
      int next;
      do {
        next = from.get();
        length = length << 7 | (next & 0x7f);
      } while ((next & 0x80) != 0);
      ByteBuffer body = from.slice(from.position(), Math.min(length, from.remaining()));
      from.position(from.position() + body.remaining());
      dump.line(indent, "descriptor 0x%02x (%d bytes)".formatted(tag, length));
      int own = tag == 0x03 ? 3 : tag == 0x04 ? 13 : body.remaining();
      ByteBuffer fields = body.slice(0, Math.min(own, body.remaining()));
      dump.line(indent + 1, "fields %s".formatted(BoxDump.hex(fields, 64)));
      descriptors(
          body.slice(fields.remaining(), body.remaining() - fields.remaining()), indent + 1);
    }
  }

  private void colour() {
    field("colour_type", fourCc());
    field("colour_primaries", u16());
    field("transfer_characteristics", u16());
    field("matrix_coefficients", u16());
    field("full_range_flag", u8() >> 7);
  }

  private void producerReferenceTime() {
    int version = full() >>> 24;
    field("reference_track_ID", u32());
    field("ntp_timestamp", hex(8));
    field("media_time", version == 0 ? u32() : in.getLong());
  }

  private void trackFragmentHeader() {
    int flags = full();
    field("track_ID", u32());
    if ((flags & 0x01) != 0) {
      field("base_data_offset", in.getLong());
    }
    if ((flags & 0x02) != 0) {
      field("sample_description_index", u32());
    }
    if ((flags & 0x08) != 0) {
      field("default_sample_duration", u32());
    }
    if ((flags & 0x10) != 0) {
      field("default_sample_size", u32());
    }
    if ((flags & 0x20) != 0) {
      field("default_sample_flags", sampleFlags());
    }
  }

  private void trackRun() {
    int head = full();
    long count = u32();
    field("sample_count", count);
    if ((head & 0x001) != 0) {
      field("data_offset", in.getInt());
    }
    if ((head & 0x004) != 0) {
      field("first_sample_flags", sampleFlags());
    }
    boolean rows = (head & 0xf00) != 0;
    for (long i = 0; rows && i < count; i++) {
      StringBuilder row = new StringBuilder();
      if ((head & 0x100) != 0) {
        row.append(" duration ").append(u32());
      }
      if ((head & 0x200) != 0) {
        row.append(" size ").append(u32());
      }
      if ((head & 0x400) != 0) {
        row.append(" flags ").append(sampleFlags());
      }
      if ((head & 0x800) != 0) {
        row.append(" cts ").append(head >>> 24 == 0 ? u32() : in.getInt());
      }
      dump.line(depth, "sample %d:%s".formatted(i, row));
    }
  }

  private String sampleFlags() {
    int flags = in.getInt();
    boolean nonSync = (flags & 0x00010000) != 0;
    return "0x%08x (depends_on %d, %s)"
        .formatted(flags, flags >> 24 & 3, nonSync ? "non-sync" : "sync");
  }

  /// Version and flags, as one number.
  private int full() {
    int head = in.getInt();
    field("version", (head >>> 24) + ", flags " + "0x%06x".formatted(head & 0xffffff));
    return head;
  }

  private void matrix() {
    String matrix = hex(36);
    boolean unity =
        matrix.equals("00010000" + "0".repeat(24) + "00010000" + "0".repeat(24) + "40000000");
    field("matrix", unity ? "unity" : matrix);
  }

  /// Bytes that must be zero; they show only when they are not.
  private void reserved(int bytes) {
    String hex = hex(bytes);
    if (!hex.equals("00".repeat(bytes))) {
      dump.line(depth, "!! reserved bytes are not zero: %s".formatted(hex));
    }
  }

  private void boxes() {
    ByteBuffer rest = in.slice();
    in.position(in.limit());
    dump.boxes(rest, depth);
  }

  private void field(String name, Object value) {
    dump.line(depth, "%s %s".formatted(name, value));
  }

  private int u8() {
    return in.get() & 0xff;
  }

  private int u16() {
    return in.getShort() & 0xffff;
  }

  private long u32() {
    return in.getInt() & 0xffff_ffffL;
  }

  private String fixed16x16() {
    long value = u32();
    long fraction = value & 0xffff;
    return (value >> 16) + (fraction == 0 ? "" : " + %d/65536".formatted(fraction));
  }

  private String fourCc() {
    String code = BoxDump.latin1(in.slice(in.position(), 4));
    in.position(in.position() + 4);
    return code;
  }

  private String hex(int bytes) {
    byte[] read = new byte[bytes];
    in.get(read);
    return HexFormat.of().formatHex(read);
  }

  private String digest() {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(in.duplicate());
      return HexFormat.of().formatHex(sha.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
