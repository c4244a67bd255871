package nova.worker;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_clone;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_copy_props;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_is_writable;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FAST_BILINEAR;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale_frame;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.jspecify.annotations.Nullable;

/// Pictures of any size to 8-bit 4:2:0 pictures of one size. Those that fit already are passed on.
///
/// *Confined to its creator's thread*; what it returns may be freed on any.
final class PictureScaler implements AutoCloseable {
  private final int width;
  private final int height;
  // Memory of pictures that were freed is used again: large blocks are dear to ask the system for.
  private final List<AVFrame> pool = new ArrayList<>();
  private @Nullable SwsContext context;
  private int sourceWidth;
  private int sourceHeight;
  private int sourceFormat;

  PictureScaler(int width, int height) {
    this.width = width;
    this.height = height;
  }

  /// A picture of this scaler's size, for the caller to free.
  AVFrame scale(AVFrame source) {
    int format = targetFormat(source.format());
    if (source.width() == width && source.height() == height && source.format() == format) {
      return CodecException.allocated(av_frame_clone(source), "a picture");
    }
    SwsContext sized = contextFor(source, format);
    AVFrame memory = memory(format);
    CodecException.check(sws_scale_frame(sized, memory, source), "scaling a picture");
    AVFrame scaled = CodecException.allocated(av_frame_clone(memory), "a picture");
    CodecException.check(av_frame_copy_props(scaled, source), "describing a picture");
    return scaled;
  }

  private static int targetFormat(int sourceFormat) {
    return sourceFormat == AV_PIX_FMT_YUVJ420P ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P;
  }

  private SwsContext contextFor(AVFrame source, int format) {
    SwsContext open = context;
    if (open != null
        && source.width() == sourceWidth
        && source.height() == sourceHeight
        && source.format() == sourceFormat) {
      return open;
    }
    close();
    sourceWidth = source.width();
    sourceHeight = source.height();
    sourceFormat = source.format();
    SwsContext fresh =
        CodecException.allocated(
            sws_getContext(
                sourceWidth,
                sourceHeight,
                sourceFormat,
                width,
                height,
                format,
                SWS_FAST_BILINEAR,
                null,
                null,
                (double[]) null),
            "scaling %dx%d to %dx%d".formatted(sourceWidth, sourceHeight, width, height));
    context = fresh;
    return fresh;
  }

  private AVFrame memory(int format) {
    for (AVFrame frame : pool) {
      if (av_frame_is_writable(frame) > 0) {
        return frame;
      }
    }
    AVFrame frame = CodecException.allocated(av_frame_alloc(), "a picture");
    frame.width(width).height(height).format(format);
    CodecException.check(
        av_frame_get_buffer(frame, 0), "memory for a picture of %dx%d".formatted(width, height));
    pool.add(frame);
    return frame;
  }

  @Override
  public void close() {
    pool.forEach(frame -> av_frame_free(frame));
    pool.clear();
    if (context != null) {
      sws_freeContext(context);
      context = null;
    }
  }
}
