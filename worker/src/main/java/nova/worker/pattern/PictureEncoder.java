package nova.worker.pattern;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.AVCHROMA_LOC_LEFT;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_MPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_I;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_NONE;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;

import java.io.IOException;
import nova.core.Bytes;
import nova.framelog.pipe.PatternJob;
import nova.worker.CodecException;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/// The pattern's pictures to H.264 High: a frame comes out for each that goes in, without B-frames.
///
/// *Confined to its creator's thread.*
final class PictureEncoder implements AutoCloseable {
  /// Takes a frame.
  @FunctionalInterface
  interface Frames {
    void accept(boolean keyframe, Bytes payload) throws IOException;
  }

  private static final double BITS_PER_PIXEL = 0.08;
  private static final long MIN_BITRATE_BPS = 200_000;
  private static final long MAX_BITRATE_BPS = 40_000_000;

  // annexb=0: lengths instead of start codes, in packets and parameter sets.
  // cabac and 8x8dct, which ultrafast leaves out, make it High.
  private static final String PARAMETERS =
      "annexb=0:cabac=1:8x8dct=1:scenecut=0:keyint=infinite:open-gop=0:threads=1:sliced-threads=0";

  private final AVCodecContext context;
  private final AVPacket packet;

  PictureEncoder(PatternJob job) {
    AVCodec codec =
        CodecException.found(avcodec_find_encoder_by_name("libx264"), "the encoder libx264");
    context = CodecException.allocated(avcodec_alloc_context3(codec), "the video encoder");
    packet = CodecException.allocated(av_packet_alloc(), "a packet");
    long bitrateBps = bitrateBps(job);
    context
        .time_base(av_make_q(1, job.framesPerSecond()))
        .framerate(av_make_q(job.framesPerSecond(), 1))
        .sample_aspect_ratio(av_make_q(1, 1))
        .pix_fmt(AV_PIX_FMT_YUV420P)
        .color_range(AVCOL_RANGE_MPEG)
        .color_primaries(AVCOL_PRI_BT709)
        .color_trc(AVCOL_TRC_BT709)
        .colorspace(AVCOL_SPC_BT709)
        .chroma_sample_location(AVCHROMA_LOC_LEFT)
        .bit_rate(bitrateBps)
        .rc_max_rate(bitrateBps)
        .thread_count(1)
        .flags(AV_CODEC_FLAG_GLOBAL_HEADER);
    context.width(job.width()).height(job.height());
    context.rc_buffer_size((int) bitrateBps); // a second
    AVDictionary options = new AVDictionary(null);
    try {
      set(options, "preset", "ultrafast");
      set(options, "tune", "zerolatency");
      set(options, "profile", "high");
      set(options, "forced-idr", "1");
      set(options, "x264-params", PARAMETERS);
      CodecException.check(avcodec_open2(context, codec, options), "opening the video encoder");
    } finally {
      av_dict_free(options);
    }
  }

  /// Bits per second at most.
  static long bitrateBps(PatternJob job) {
    double pixelsPerSecond = (double) job.width() * job.height() * job.framesPerSecond();
    return Math.clamp((long) (pixelsPerSecond * BITS_PER_PIXEL), MIN_BITRATE_BPS, MAX_BITRATE_BPS);
  }

  private static void set(AVDictionary options, String key, String value) {
    CodecException.check(av_dict_set(options, key, value, 0), "setting " + key);
  }

  /// The AVCDecoderConfigurationRecord.
  Bytes configuration() {
    byte[] configuration = new byte[context.extradata_size()];
    context.extradata().get(configuration);
    return Bytes.wrap(configuration);
  }

  /// Encodes a picture.
  void encode(AVFrame picture, long number, boolean keyframe, Frames frames) throws IOException {
    picture.pts(number).pict_type(keyframe ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE);
    CodecException.check(avcodec_send_frame(context, picture), "encoding a picture");
    while (true) {
      int result = avcodec_receive_packet(context, packet);
      if (result == AVERROR_EAGAIN()) {
        return;
      }
      CodecException.check(result, "encoding a picture");
      byte[] payload = new byte[packet.size()];
      packet.data().get(payload);
      boolean key = (packet.flags() & AV_PKT_FLAG_KEY) != 0;
      av_packet_unref(packet);
      frames.accept(key, Bytes.wrap(payload));
    }
  }

  @Override
  public void close() {
    av_packet_free(packet);
    avcodec_free_context(context);
  }
}
