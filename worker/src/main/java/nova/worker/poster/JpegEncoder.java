package nova.worker.poster;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_QSCALE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.FF_QP2LAMBDA;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;

import java.util.List;
import nova.core.Bytes;
import nova.worker.CodecException;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/// Pictures to JPEG files of a size that a page with many of them can afford.
final class JpegEncoder {
  /// Quantisers, best first; the first whose file is small enough is taken.
  private static final List<Integer> QUANTISERS = List.of(4, 8, 16);

  private static final int LARGE_BYTES = 150_000;

  private JpegEncoder() {}

  /// The JPEG file of a picture.
  static Bytes encode(AVFrame picture) {
    Bytes jpeg = Bytes.EMPTY;
    for (int quantiser : QUANTISERS) {
      jpeg = encode(picture, quantiser);
      if (jpeg.length() <= LARGE_BYTES) {
        break;
      }
    }
    return jpeg;
  }

  private static Bytes encode(AVFrame picture, int quantiser) {
    AVCodec codec =
        CodecException.found(avcodec_find_encoder(AV_CODEC_ID_MJPEG), "an encoder of JPEG");
    AVCodecContext context =
        CodecException.allocated(avcodec_alloc_context3(codec), "the encoder of JPEG");
    AVPacket packet = CodecException.allocated(av_packet_alloc(), "a packet");
    try {
      int lambda = quantiser * FF_QP2LAMBDA;
      context
          .time_base(av_make_q(1, 1))
          .sample_aspect_ratio(av_make_q(1, 1))
          .pix_fmt(picture.format())
          .color_range(picture.color_range())
          .colorspace(picture.colorspace())
          .thread_count(1)
          .flags(AV_CODEC_FLAG_QSCALE)
          .global_quality(lambda);
      context.width(picture.width()).height(picture.height());
      CodecException.check(
          avcodec_open2(context, codec, (AVDictionary) null), "opening the encoder of JPEG");
      picture.pts(0).quality(lambda);
      CodecException.check(avcodec_send_frame(context, picture), "encoding a JPEG");
      CodecException.check(avcodec_receive_packet(context, packet), "encoding a JPEG");
      byte[] jpeg = new byte[packet.size()];
      packet.data().get(jpeg);
      return Bytes.wrap(jpeg);
    } finally {
      av_packet_free(packet);
      avcodec_free_context(context);
    }
  }
}
