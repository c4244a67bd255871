package nova.worker;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AAC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_INPUT_BUFFER_PADDING_SIZE;
import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_ENOMEM;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_INVALIDDATA;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_PATCHWELCOME;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;
import static org.bytedeco.ffmpeg.global.avutil.av_mallocz;

import nova.core.Bytes;
import nova.framelog.pipe.TranscodeJob;
import nova.media.MediaFrame;
import nova.media.TrackFormat;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.VideoFormat;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/// Frames of one format to pictures or to samples, on one thread and as soon as each can be shown.
///
/// *Confined to its creator's thread.*
public final class Decoder implements AutoCloseable {
  /// Takes a picture, or the samples of one frame, while it lasts: it is reused after return.
  @FunctionalInterface
  public interface Pictures {
    void accept(AVFrame picture) throws InterruptedException;
  }

  private final AVCodecContext context;
  private final AVPacket packet;
  private final AVFrame picture;
  private final boolean isSound;

  public Decoder(TrackFormat format) {
    AVCodec codec =
        switch (format) {
          case VideoFormat video ->
              switch (video.codec()) {
                case AVC -> avcodec_find_decoder(AV_CODEC_ID_H264);
              };
          case AudioFormat audio ->
              switch (audio.codec()) {
                case AAC -> avcodec_find_decoder(AV_CODEC_ID_AAC);
              };
        };
    isSound = format instanceof AudioFormat;
    context = CodecException.allocated(avcodec_alloc_context3(codec), "a decoder");
    packet = CodecException.allocated(av_packet_alloc(), "a packet");
    picture = CodecException.allocated(av_frame_alloc(), "a picture");
    try {
      open(codec, format);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void open(@Nullable AVCodec codec, TrackFormat format) {
    Bytes configuration = format.configuration();
    long padded = (long) configuration.length() + AV_INPUT_BUFFER_PADDING_SIZE;
    BytePointer extradata =
        new BytePointer(CodecException.allocated(av_mallocz(padded), "a decoder's configuration"));
    extradata.put(configuration.toByteArray());
    context
        .extradata(extradata) // freed with the context
        .extradata_size(configuration.length())
        .pkt_timebase(av_make_q(1, format.timescale().ticksPerSecond()))
        .max_pixels(TranscodeJob.MAX_SOURCE_PIXELS)
        .thread_count(1);
    CodecException.check(
        avcodec_open2(context, codec, (AVDictionary) null), "opening the decoder of the source");
  }

  /// Decodes a frame; damaged ones give nothing.
  public void decode(MediaFrame frame, Pictures pictures) throws InterruptedException {
    Bytes payload = frame.payload();
    CodecException.check(av_new_packet(packet, payload.length()), "making a packet");
    try {
      payload.copyTo(packet.data().capacity(payload.length()).asByteBuffer());
      packet.pts(frame.pts()).dts(frame.dts());
      send(packet);
    } finally {
      av_packet_unref(packet);
    }
    receive(pictures);
  }

  /// Gives what is held back. Decoding goes on with a keyframe.
  public void drain(Pictures pictures) throws InterruptedException {
    send(null);
    receive(pictures);
    avcodec_flush_buffers(context);
  }

  private void send(@Nullable AVPacket next) {
    int result = avcodec_send_packet(context, next);
    if (!isDamage(result) && result != AVERROR_EOF()) {
      CodecException.check(result, "decoding a frame");
    }
  }

  private void receive(Pictures pictures) throws InterruptedException {
    while (true) {
      int result = avcodec_receive_frame(context, picture);
      if (result == AVERROR_EAGAIN() || result == AVERROR_EOF()) {
        return;
      }
      if (isDamage(result)) {
        continue;
      }
      CodecException.check(result, "decoding a frame");
      try {
        pictures.accept(picture);
      } finally {
        av_frame_unref(picture);
      }
    }
  }

  /// Also what FFmpeg knows of and cannot decode, which no more than damage is the worker's fault.
  /// Of damaged AAC, FFmpeg 8.0.1 says -50531338 too, which is none of its errors.
  private boolean isDamage(int result) {
    return result == AVERROR_INVALIDDATA()
        || result == AVERROR_PATCHWELCOME()
        || (isSound && result < 0 && result != AVERROR_ENOMEM());
  }

  @Override
  public void close() {
    av_frame_free(picture);
    av_packet_free(packet);
    avcodec_free_context(context);
  }
}
