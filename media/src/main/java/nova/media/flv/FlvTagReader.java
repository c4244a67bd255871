package nova.media.flv;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import nova.core.Bytes;
import nova.media.LimitExceededException;
import nova.media.MalformedMediaException;
import nova.media.UnsupportedMediaException;
import nova.media.flv.FlvTag.FlvAudioTag;
import nova.media.flv.FlvTag.FlvScriptTag;
import nova.media.flv.FlvTag.FlvVideoTag;

/// Reads an FLV file piece by piece, as it comes, from wherever it comes. Tags of unknown types are
/// skipped, and so are the sizes of previous tags, which carry nothing new and are often wrong.
///
///     header 9 (data offset UI32 last) | previous tag size 4
///     { type 8 | data size UI24 | timestamp UI24 + high UI8 | stream id UI24 | data | size 4 }*
///
/// Spec: FLV E.2, E.3, E.4.1. *Confined to its creator's thread.*
public final class FlvTagReader {
  private static final int FILE_HEADER_LENGTH = 9;
  private static final int TAG_HEADER_LENGTH = 11;
  private static final int PREVIOUS_TAG_SIZE_LENGTH = 4;
  private static final int SIGNATURE = 0x464c56; // "FLV"
  private static final int FILTER_FLAG = 0x20;

  private enum State {
    FILE_HEADER,
    SKIPPED,
    TAG_HEADER,
    TAG_DATA
  }

  private final int maxTagBytes;
  private final byte[] header = new byte[TAG_HEADER_LENGTH];
  private State state = State.FILE_HEADER;
  private byte[] target = header; // what is being filled
  private int wanted = FILE_HEADER_LENGTH; // bytes of it
  private int filled;
  private long toSkip;
  private long offset;
  private int tagType;
  private long timestampMs;

  /// @param maxTagBytes the longest tag data to accept
  public FlvTagReader(int maxTagBytes) {
    this.maxTagBytes = maxTagBytes;
  }

  /// Takes all of `input` and hands out the tags that it completes. Payloads are memory of their
  /// own.
  ///
  /// @throws MalformedMediaException when this is not FLV
  /// @throws LimitExceededException when a tag is too long (`flv-tag-size`)
  /// @throws UnsupportedMediaException when a tag is encrypted
  public void read(ByteBuffer input, Consumer<? super FlvTag> tags) {
    while (input.hasRemaining()) {
      if (state == State.SKIPPED) {
        int skipped = (int) Math.min(toSkip, input.remaining());
        input.position(input.position() + skipped);
        offset += skipped;
        toSkip -= skipped;
      } else {
        int taken = Math.min(wanted - filled, input.remaining());
        input.get(target, filled, taken);
        offset += taken;
        filled += taken;
      }
      advance(tags);
    }
  }

  /// Whether the input may end here without cutting a tag or the file header.
  public boolean isBetweenTags() {
    return state == State.SKIPPED || (state == State.TAG_HEADER && filled == 0);
  }

  private void advance(Consumer<? super FlvTag> tags) {
    switch (state) {
      case SKIPPED -> {
        if (toSkip == 0) {
          expect(State.TAG_HEADER, header, TAG_HEADER_LENGTH);
        }
      }
      case FILE_HEADER -> {
        if (filled == wanted) {
          readFileHeader();
        }
      }
      case TAG_HEADER -> {
        if (filled == wanted) {
          readTagHeader();
        }
      }
      case TAG_DATA -> {
        if (filled == wanted) {
          emit(tags);
        }
      }
    }
  }

  private void readFileHeader() {
    ByteBuffer in = ByteBuffer.wrap(header);
    int signature = in.getInt(0) >>> 8;
    long dataOffset = in.getInt(5) & 0xffff_ffffL;
    if (signature != SIGNATURE || dataOffset < FILE_HEADER_LENGTH) {
      throw new MalformedMediaException(
          "not-flv",
          "file starts with %s (expected: 46 4c 56, that is FLV, and a data offset >= 9)"
              .formatted(Bytes.wrap(Arrays.copyOf(header, FILE_HEADER_LENGTH)).toHex()));
    }
    skip(dataOffset - FILE_HEADER_LENGTH + PREVIOUS_TAG_SIZE_LENGTH);
  }

  private void readTagHeader() {
    ByteBuffer in = ByteBuffer.wrap(header);
    long tagOffset = offset - TAG_HEADER_LENGTH;
    tagType = in.get(0) & 0xff;
    int dataSize = in.getInt(0) & 0xff_ffff;
    timestampMs = (in.getInt(4) >>> 8) | (in.get(7) & 0xffL) << 24;
    if ((tagType & FILTER_FLAG) != 0) {
      throw new UnsupportedMediaException(
          "flv-encryption",
          "FLV tag at offset 0x%x is encrypted (expected: plain)".formatted(tagOffset));
    }
    if (dataSize > maxTagBytes) {
      throw new LimitExceededException("flv-tag-size", dataSize, maxTagBytes);
    }
    boolean known =
        tagType == FlvTag.TYPE_AUDIO
            || tagType == FlvTag.TYPE_VIDEO
            || tagType == FlvTag.TYPE_SCRIPT;
    if (known && dataSize > 0) {
      expect(State.TAG_DATA, new byte[dataSize], dataSize);
    } else {
      skip((long) dataSize + PREVIOUS_TAG_SIZE_LENGTH);
    }
  }

  private void emit(Consumer<? super FlvTag> tags) {
    Bytes payload = Bytes.wrap(target);
    skip(PREVIOUS_TAG_SIZE_LENGTH);
    tags.accept(
        switch (tagType) {
          case FlvTag.TYPE_AUDIO -> new FlvAudioTag(timestampMs, payload);
          case FlvTag.TYPE_VIDEO -> new FlvVideoTag(timestampMs, payload);
          default -> new FlvScriptTag(timestampMs, payload);
        });
  }

  private void expect(State next, byte[] memory, int length) {
    state = next;
    target = memory;
    wanted = length;
    filled = 0;
  }

  private void skip(long length) {
    state = State.SKIPPED;
    toSkip = length;
    target = header; // lets go of the payload handed out
  }
}
