package nova.worker;

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
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
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

import nova.core.Bytes;
import nova.framelog.pipe.AudioRung;
import nova.media.TrackFormat.AudioFormat;
import nova.media.aac.AacFormats;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/// Blocks of samples to AAC-LC, in one unbroken run.
///
/// *Confined to its creator's thread.*
public final class AacEncoder implements AutoCloseable {
  /// How FFmpeg's encoder looks for what may be left out.
  public enum Search {
    /// As well as it can.
    THOROUGH("twoloop"),
    /// With little work, for sound that is simple.
    FAST("fast");

    private final String coder;

    Search(String coder) {
      this.coder = coder;
    }
  }

  /// Takes what the encoder made.
  @FunctionalInterface
  public interface Frames {
    /// Takes a frame.
    ///
    /// @param sample the first of those that a decoder makes of it: of the block before the first
    ///   for what comes out first, which primes the decoder
    void accept(long sample, Bytes payload);
  }

  private static final String NAME = "the encoder of sound";

  private final AVCodecContext context;
  private final AVPacket packet;
  private final AVFrame block;
  private final AudioFormat format;

  public AacEncoder(AudioRung rung, Search search) {
    AVCodec codec = CodecException.found(avcodec_find_encoder_by_name("aac"), "the encoder aac");
    context = CodecException.allocated(avcodec_alloc_context3(codec), NAME);
    packet = CodecException.allocated(av_packet_alloc(), "a packet");
    block = CodecException.allocated(av_frame_alloc(), "samples");
    try {
      open(codec, rung, search);
      byte[] configuration = new byte[context.extradata_size()];
      context.extradata().get(configuration);
      format = AacFormats.of(Bytes.wrap(configuration));
      describeBlock(rung);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void open(AVCodec codec, AudioRung rung, Search search) {
    av_channel_layout_default(context.ch_layout(), rung.channels());
    context
        .sample_rate(rung.sampleRate())
        .sample_fmt(AV_SAMPLE_FMT_FLTP)
        .time_base(av_make_q(1, rung.sampleRate()))
        .profile(AV_PROFILE_AAC_LOW)
        .bit_rate(rung.bitrateBps())
        .thread_count(1)
        .flags(AV_CODEC_FLAG_GLOBAL_HEADER);
    AVDictionary options = new AVDictionary(null);
    try {
      CodecException.check(av_dict_set(options, "aac_coder", search.coder, 0), "setting aac_coder");
      CodecException.check(avcodec_open2(context, codec, options), "opening " + NAME);
    } finally {
      av_dict_free(options);
    }
  }

  private void describeBlock(AudioRung rung) {
    block.nb_samples(AudioRung.FRAME_SAMPLES);
    block.format(AV_SAMPLE_FMT_FLTP).sample_rate(rung.sampleRate());
    CodecException.check(
        av_channel_layout_copy(block.ch_layout(), context.ch_layout()), "describing samples");
    CodecException.check(av_frame_get_buffer(block, 0), "memory for samples");
  }

  /// The format of what comes out.
  public AudioFormat format() {
    return format;
  }

  /// Encodes a block of [AudioRung#FRAME_SAMPLES].
  ///
  /// @param samples by channel
  /// @param firstSample the number of the first
  public void encode(float[][] samples, long firstSample, Frames frames) {
    CodecException.check(av_frame_make_writable(block), "copying samples");
    for (int channel = 0; channel < samples.length; channel++) {
      var _ = new FloatPointer(block.data(channel)).put(samples[channel]);
    }
    block.pts(firstSample);
    send(block);
    receive(frames);
  }

  /// Gives what is held back; nothing can be encoded afterwards.
  void drain(Frames frames) {
    send(null);
    receive(frames);
  }

  private void send(@Nullable AVFrame samples) {
    CodecException.check(avcodec_send_frame(context, samples), "giving samples to " + NAME);
  }

  private void receive(Frames frames) {
    while (true) {
      int result = avcodec_receive_packet(context, packet);
      if (result == AVERROR_EAGAIN() || result == AVERROR_EOF()) {
        return;
      }
      CodecException.check(result, "taking a frame from " + NAME);
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
