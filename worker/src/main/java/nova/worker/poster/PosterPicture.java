package nova.worker.poster;

import static org.bytedeco.ffmpeg.global.avutil.AVCHROMA_LOC_CENTER;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT470BG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.sws_alloc_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_free_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale_frame;

import nova.worker.CodecException;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;

/// A decoded picture as JPEG wants it: scaled, 4:2:0, in full range and with the colour matrix of
/// BT.601.
///
/// Spec: ITU-T T.871 §6.2 (JFIF colour space). *Confined to its creator's thread.*
final class PosterPicture implements AutoCloseable {
  // Players take video that does not name its matrix for BT.709 from this many lines on.
  private static final int HD_LINES = 720;

  private final AVFrame frame;

  private PosterPicture(AVFrame frame) {
    this.frame = frame;
  }

  /// @param source whose colours are named when it does not name them itself
  static PosterPicture of(AVFrame source, PosterSize size) {
    if (source.colorspace() == AVCOL_SPC_UNSPECIFIED) {
      source.colorspace(source.height() < HD_LINES ? AVCOL_SPC_BT470BG : AVCOL_SPC_BT709);
    }
    AVFrame frame = CodecException.allocated(av_frame_alloc(), "a poster");
    PosterPicture picture = new PosterPicture(frame);
    try {
      frame
          .width(size.width())
          .height(size.height())
          .format(AV_PIX_FMT_YUVJ420P)
          .color_range(AVCOL_RANGE_JPEG)
          .colorspace(AVCOL_SPC_BT470BG)
          .chroma_location(AVCHROMA_LOC_CENTER);
      CodecException.check(av_frame_get_buffer(frame, 0), "memory for a poster of " + size);
      scale(source, frame);
      return picture;
    } catch (CodecException e) {
      picture.close();
      throw e;
    }
  }

  /// Converts by what the frames say of themselves.
  private static void scale(AVFrame source, AVFrame target) {
    SwsContext context = CodecException.allocated(sws_alloc_context(), "scaling a poster");
    try {
      context.flags(SWS_BICUBIC).threads(1);
      CodecException.check(sws_scale_frame(context, target, source), "scaling a poster");
    } finally {
      sws_free_context(context);
    }
  }

  AVFrame frame() {
    return frame;
  }

  @Override
  public void close() {
    av_frame_free(frame);
  }
}
