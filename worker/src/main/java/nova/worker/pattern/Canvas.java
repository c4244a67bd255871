package nova.worker.pattern;

import static org.bytedeco.ffmpeg.global.avutil.AVCHROMA_LOC_LEFT;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_MPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;

import java.lang.foreign.MemorySegment;
import nova.worker.CodecException;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/// A 4:2:0 picture of BT.709 colours to draw on.
///
/// *Confined to its creator's thread.*
final class Canvas implements AutoCloseable {
  private final int width;
  private final int height;
  private final AVFrame frame;

  Canvas(int width, int height) {
    this.width = width;
    this.height = height;
    frame = CodecException.allocated(av_frame_alloc(), "a picture");
    frame
        .width(width)
        .height(height)
        .format(AV_PIX_FMT_YUV420P)
        .color_range(AVCOL_RANGE_MPEG)
        .color_primaries(AVCOL_PRI_BT709)
        .color_trc(AVCOL_TRC_BT709)
        .colorspace(AVCOL_SPC_BT709)
        .chroma_location(AVCHROMA_LOC_LEFT);
    CodecException.check(
        av_frame_get_buffer(frame, 0), "memory for a picture of %dx%d".formatted(width, height));
  }

  /// The picture, for an encoder.
  AVFrame frame() {
    return frame;
  }

  /// To be called before drawing on a picture that an encoder has seen: should it still look, it
  /// keeps what it sees, and drawing goes on in a copy.
  void reclaim() {
    CodecException.check(av_frame_make_writable(frame), "copying a picture");
  }

  /// Fills an area with even edges.
  void fill(Area area, Colour colour) {
    fillLuma(area, colour.luma());
    Area half = new Area(area.x() / 2, area.y() / 2, area.width() / 2, area.height() / 2);
    fill(1, half, colour.blueDifference());
    fill(2, half, colour.redDifference());
  }

  /// Fills an area that is grey and stays so.
  void fillLuma(Area area, int luma) {
    fill(0, area, luma);
  }

  /// Fills an area that is grey and stays so with rows of luma values, one after another.
  ///
  /// @param offset of the first value
  void copyLuma(Area area, MemorySegment values, long offset) {
    long stride = frame.linesize(0);
    MemorySegment memory = plane(0, height);
    for (int row = 0; row < area.height(); row++) {
      long from = offset + (long) row * area.width();
      MemorySegment.copy(values, from, memory, (area.y() + row) * stride + area.x(), area.width());
    }
  }

  /// Writes text in dots on grey ground.
  void text(String text, int x, int y, int dot, int luma, int ground) {
    for (int i = 0; i < text.length(); i++) {
      character(text.charAt(i), x + i * Glyphs.PITCH * dot, y, dot, luma, ground);
    }
  }

  /// Writes a character with the ground that it stands on.
  void character(char character, int x, int y, int dot, int luma, int ground) {
    for (int row = 0; row < Glyphs.HEIGHT; row++) {
      for (int column = 0; column < Glyphs.WIDTH; column++) {
        boolean set = Glyphs.isSet(character, column, row);
        fillLuma(new Area(x + column * dot, y + row * dot, dot, dot), set ? luma : ground);
      }
    }
  }

  private void fill(int plane, Area area, int value) {
    int planeWidth = plane == 0 ? width : width / 2;
    int planeHeight = plane == 0 ? height : height / 2;
    int left = Math.clamp(area.x(), 0, planeWidth);
    int right = Math.clamp(area.right(), left, planeWidth);
    int bottom = Math.clamp(area.bottom(), 0, planeHeight);
    long stride = frame.linesize(plane);
    MemorySegment memory = plane(plane, planeHeight);
    for (int y = Math.max(0, area.y()); y < bottom; y++) {
      MemorySegment _ = memory.asSlice(y * stride + left, right - left).fill((byte) value);
    }
  }

  private MemorySegment plane(int plane, int rows) {
    long bytes = (long) frame.linesize(plane) * rows;
    return MemorySegment.ofBuffer(frame.data(plane).capacity(bytes).asByteBuffer());
  }

  /// The luma of a pixel.
  int luma(int x, int y) {
    return frame.data(0).get((long) y * frame.linesize(0) + x) & 0xff;
  }

  @Override
  public void close() {
    av_frame_free(frame);
  }
}
