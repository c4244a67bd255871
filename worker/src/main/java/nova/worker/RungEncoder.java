package nova.worker;

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
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_I;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_NONE;
import static org.bytedeco.ffmpeg.global.avutil.av_d2q;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_count;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;

import nova.core.Bytes;
import nova.core.Timescale;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.media.TrackFormat.VideoFormat;
import nova.media.avc.AvcFormats;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/// Pictures of one rung to H.264, each as soon as it comes, with keyframes where they are asked for
/// and nowhere else.
///
/// No B-frames and no lookahead, so that a frame goes in and comes out, and its `dts` is its `pts`;
/// one thread, because rungs are encoded side by side and one is cheapest.
///
/// *Confined to its creator's thread.*
final class RungEncoder implements AutoCloseable {
  /// Takes what an encoder made.
  @FunctionalInterface
  interface Frames {
    void accept(EncodedFrame frame);
  }

  private static final String ENCODER = "libx264";

  // annexb=0: lengths instead of start codes, in packets and parameter sets.
  private static final String PARAMETERS =
      "annexb=0:scenecut=0:keyint=infinite:open-gop=0:threads=1:sliced-threads=0";

  // Decimals enough for 30000/1001.
  private static final int LARGEST_RATE_DENOMINATOR = 1_001_000;

  private final String name;
  private final AVCodecContext context;
  private final AVPacket packet;
  private final VideoFormat format;

  /// @param like a picture of the rung's size, whose colours the rung describes
  RungEncoder(
      Rung rung, double sourceFrameRate, EncoderPreset preset, Timescale timescale, AVFrame like) {
    name = "the encoder of rung " + rung.rendition();
    AVCodec codec =
        CodecException.found(avcodec_find_encoder_by_name(ENCODER), "the encoder " + ENCODER);
    context = CodecException.allocated(avcodec_alloc_context3(codec), name);
    packet = CodecException.allocated(av_packet_alloc(), "a packet");
    try {
      describe(rung, sourceFrameRate, timescale, like);
      open(codec, preset);
      byte[] configuration = new byte[context.extradata_size()];
      context.extradata().get(configuration);
      format = AvcFormats.of(Bytes.wrap(configuration));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void describe(Rung rung, double sourceFrameRate, Timescale timescale, AVFrame like) {
    context
        .time_base(av_make_q(1, timescale.ticksPerSecond()))
        .framerate(av_d2q(sourceFrameRate / rung.frameDivisor(), LARGEST_RATE_DENOMINATOR))
        .sample_aspect_ratio(av_make_q(1, 1))
        .pix_fmt(like.format())
        .color_range(like.color_range())
        .color_primaries(like.color_primaries())
        .color_trc(like.color_trc())
        .colorspace(like.colorspace())
        .chroma_sample_location(like.chroma_location())
        .bit_rate(rung.bitrateBps())
        .rc_max_rate(rung.peakBps())
        .thread_count(1)
        .flags(AV_CODEC_FLAG_GLOBAL_HEADER);
    context.width(rung.width()).height(rung.height());
    context.rc_buffer_size((int) Math.min(Integer.MAX_VALUE, rung.peakBps()));
  }

  private void open(AVCodec codec, EncoderPreset preset) {
    AVDictionary options = new AVDictionary(null);
    try {
      set(options, "preset", preset.label());
      set(options, "tune", "zerolatency");
      set(options, "profile", "high");
      set(options, "forced-idr", "1");
      set(options, "x264-params", PARAMETERS);
      CodecException.check(avcodec_open2(context, codec, options), "opening " + name);
      if (av_dict_count(options) != 0) {
        throw new CodecException(
            "%s does not know %d of its options (expected: all)"
                .formatted(name, av_dict_count(options)));
      }
    } finally {
      av_dict_free(options);
    }
  }

  private static void set(AVDictionary options, String key, String value) {
    CodecException.check(av_dict_set(options, key, value, 0), "setting " + key);
  }

  /// The format of what comes out.
  VideoFormat format() {
    return format;
  }

  /// Encodes a picture.
  ///
  /// @param picture of the rung's size; its time and type are overwritten
  void encode(AVFrame picture, long pts, boolean keyframe, Frames frames) {
    picture.pts(pts).pict_type(keyframe ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE);
    send(picture);
    receive(frames);
  }

  /// Gives what is held back; nothing can be encoded afterwards.
  void drain(Frames frames) {
    send(null);
    receive(frames);
  }

  private void send(@Nullable AVFrame picture) {
    CodecException.check(avcodec_send_frame(context, picture), "giving a picture to " + name);
  }

  private void receive(Frames frames) {
    while (true) {
      int result = avcodec_receive_packet(context, packet);
      if (result == AVERROR_EAGAIN() || result == AVERROR_EOF()) {
        return;
      }
      CodecException.check(result, "taking a frame from " + name);
      byte[] payload = new byte[packet.size()];
      packet.data().get(payload);
      boolean keyframe = (packet.flags() & AV_PKT_FLAG_KEY) != 0;
      EncodedFrame frame = new EncodedFrame(packet.pts(), keyframe, Bytes.wrap(payload));
      av_packet_unref(packet);
      frames.accept(frame);
    }
  }

  @Override
  public void close() {
    av_packet_free(packet);
    avcodec_free_context(context);
  }
}
