package nova.worker.pattern;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PROFILE_AAC_LOW;
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
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_copy;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;

import java.io.IOException;
import nova.core.Bytes;
import nova.worker.CodecException;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.FloatPointer;

/// Samples, the same for both ears, to AAC-LC.
///
/// *Confined to its creator's thread.*
final class SoundEncoder implements AutoCloseable {
  static final int SAMPLE_RATE = 48_000;

  /// How many samples go in at once.
  static final int BLOCK_SAMPLES = 1024;

  private static final int CHANNELS = 2;
  private static final long BITRATE_BPS = 128_000;

  /// Where frames go.
  @FunctionalInterface
  interface Frames {
    /// Takes it.
    ///
    /// @param sample the first of the samples that a decoder makes of it; negative for what it
    ///   makes before the first
    void accept(long sample, Bytes payload) throws IOException;
  }

  private final AVCodecContext context;
  private final AVPacket packet;
  private final AVFrame block;

  SoundEncoder() {
    AVCodec codec = CodecException.found(avcodec_find_encoder_by_name("aac"), "the encoder aac");
    context = CodecException.allocated(avcodec_alloc_context3(codec), "the audio encoder");
    packet = CodecException.allocated(av_packet_alloc(), "a packet");
    block = CodecException.allocated(av_frame_alloc(), "samples");
    av_channel_layout_default(context.ch_layout(), CHANNELS);
    context
        .sample_rate(SAMPLE_RATE)
        .sample_fmt(AV_SAMPLE_FMT_FLTP)
        .time_base(av_make_q(1, SAMPLE_RATE))
        .profile(AV_PROFILE_AAC_LOW)
        .bit_rate(BITRATE_BPS)
        .flags(AV_CODEC_FLAG_GLOBAL_HEADER);
    AVDictionary options = new AVDictionary(null);
    try {
      CodecException.check(av_dict_set(options, "aac_coder", "fast", 0), "setting aac_coder");
      CodecException.check(avcodec_open2(context, codec, options), "opening the audio encoder");
    } finally {
      av_dict_free(options);
    }
    block.nb_samples(BLOCK_SAMPLES).format(AV_SAMPLE_FMT_FLTP).sample_rate(SAMPLE_RATE);
    CodecException.check(
        av_channel_layout_copy(block.ch_layout(), context.ch_layout()), "describing samples");
    CodecException.check(av_frame_get_buffer(block, 0), "memory for samples");
  }

  /// The AudioSpecificConfig.
  Bytes configuration() {
    byte[] configuration = new byte[context.extradata_size()];
    context.extradata().get(configuration);
    return Bytes.wrap(configuration);
  }

  /// Encodes a block.
  ///
  /// @param firstSample the number of its first sample
  void encode(float[] samples, long firstSample, Frames frames) throws IOException {
    CodecException.check(av_frame_make_writable(block), "copying samples");
    for (int channel = 0; channel < CHANNELS; channel++) {
      new FloatPointer(block.data(channel)).put(samples, 0, BLOCK_SAMPLES);
    }
    block.pts(firstSample);
    CodecException.check(avcodec_send_frame(context, block), "encoding sound");
    while (true) {
      int result = avcodec_receive_packet(context, packet);
      if (result == AVERROR_EAGAIN()) {
        return;
      }
      CodecException.check(result, "encoding sound");
      byte[] payload = new byte[packet.size()];
      packet.data().get(payload);
      long sample = packet.pts();
      av_packet_unref(packet);
      frames.accept(sample, Bytes.wrap(payload));
    }
  }

  @Override
  public void close() {
    av_frame_free(block);
    av_packet_free(packet);
    avcodec_free_context(context);
  }
}
