package nova.worker.file;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AAC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_NEW_EXTRADATA;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_get_side_data;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;
import static org.bytedeco.ffmpeg.global.avutil.av_rescale_q;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import nova.core.Bytes;
import nova.worker.CodecException;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.jspecify.annotations.Nullable;

/// An MP4 file, plain or fragmented: its best video and its best audio track, frame by frame, with
/// the times that its edit lists give them. What an edit list cuts off is read too: pictures cannot
/// be decoded without those before them, and FLV cannot say that some are not to be shown.
///
/// *Confined to its creator's thread.*
final class SourceFile implements AutoCloseable {
  private static final String FORMATS = "mov,mp4,m4a,3gp,3g2,mj2"; // one demuxer with many names
  private static final AVRational NANOSECONDS = av_make_q(1, (int) TimeUnit.SECONDS.toNanos(1));
  private static final int AVCC_VERSION = 1;

  private final String name;
  private final AVFormatContext context = new AVFormatContext(null);
  private final AVPacket packet;
  private final Map<TrackKind, AVStream> tracks = new EnumMap<>(TrackKind.class);

  /// Opens a file.
  ///
  /// @throws CodecException when it is not MP4 or holds other than H.264 and AAC
  SourceFile(String name) {
    this.name = name;
    packet = CodecException.allocated(av_packet_alloc(), "a packet");
    AVDictionary options = new AVDictionary(null);
    try {
      CodecException.check(av_dict_set(options, "format_whitelist", FORMATS, 0), "an option");
      int result = avformat_open_input(context, "file:" + name, (AVInputFormat) null, options);
      CodecException.check(result, "reading %s (expected: an MP4 file)".formatted(name));
      take(TrackKind.VIDEO, AVMEDIA_TYPE_VIDEO, AV_CODEC_ID_H264);
      take(TrackKind.AUDIO, AVMEDIA_TYPE_AUDIO, AV_CODEC_ID_AAC);
      if (tracks.isEmpty()) {
        throw new CodecException(
            "%s has no track that can be sent (expected: H.264, AAC or both)".formatted(name));
      }
    } catch (CodecException e) {
      close();
      throw e;
    } finally {
      av_dict_free(options);
    }
  }

  private void take(TrackKind kind, int mediaType, int codec) {
    int index = av_find_best_stream(context, mediaType, -1, -1, (AVCodec) null, 0);
    if (index < 0) {
      return;
    }
    AVStream stream = context.streams(index);
    if ((stream.disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0) {
      return; // the cover of a piece of music
    }
    AVCodecParameters parameters = stream.codecpar();
    if (parameters.codec_id() != codec) {
      throw new CodecException(
          "%s has %s of the codec %s (expected: %s)"
              .formatted(
                  name,
                  kind.label(),
                  avcodec_get_name(parameters.codec_id()).getString(),
                  kind.codec()));
    }
    tracks.put(kind, stream);
    Bytes configuration = configuration(kind);
    boolean whole =
        switch (kind) {
          case VIDEO -> !configuration.isEmpty() && configuration.get(0) == AVCC_VERSION;
          case AUDIO -> !configuration.isEmpty();
        };
    if (!whole) {
      throw new CodecException(
          "%s does not describe its %s (expected: the decoder configuration of %s)"
              .formatted(name, kind.label(), kind.codec()));
    }
  }

  /// The tracks that are read.
  Set<TrackKind> tracks() {
    return Set.copyOf(tracks.keySet());
  }

  /// The decoder configuration that a track begins with.
  Bytes configuration(TrackKind kind) {
    AVStream stream = tracks.get(kind);
    return stream == null ? Bytes.EMPTY : bytes(extradata(stream), extradataSize(stream));
  }

  /// What a track says of its pictures' size; 0 without video.
  int width() {
    AVStream stream = tracks.get(TrackKind.VIDEO);
    return stream == null ? 0 : stream.codecpar().width();
  }

  int height() {
    AVStream stream = tracks.get(TrackKind.VIDEO);
    return stream == null ? 0 : stream.codecpar().height();
  }

  /// The next frame in the order of the file; null at its end.
  ///
  /// @throws CodecException when the file is damaged there
  @Nullable FilePacket next() {
    while (true) {
      int result = av_read_frame(context, packet);
      if (result == AVERROR_EOF()) {
        return null;
      }
      CodecException.check(result, "reading " + name);
      try {
        for (Map.Entry<TrackKind, AVStream> track : tracks.entrySet()) {
          if (track.getValue().index() == packet.stream_index() && isFrame()) {
            return read(track.getKey(), track.getValue());
          }
        }
      } finally {
        av_packet_unref(packet);
      }
    }
  }

  private boolean isFrame() {
    return packet.size() > 0 && packet.dts() != AV_NOPTS_VALUE;
  }

  private FilePacket read(TrackKind kind, AVStream stream) {
    long pts = packet.pts() == AV_NOPTS_VALUE ? packet.dts() : packet.pts();
    return new FilePacket(
        kind,
        toNs(packet.dts(), stream),
        toNs(pts, stream),
        toNs(packet.dts() + Math.max(0, packet.duration()), stream),
        (packet.flags() & AV_PKT_FLAG_KEY) != 0,
        bytes(packet.data(), packet.size()),
        newConfiguration());
  }

  private Bytes newConfiguration() {
    try (SizeTPointer size = new SizeTPointer(1)) {
      BytePointer extradata = av_packet_get_side_data(packet, AV_PKT_DATA_NEW_EXTRADATA, size);
      return extradata == null ? Bytes.EMPTY : bytes(extradata, (int) size.get());
    }
  }

  private static long toNs(long time, AVStream stream) {
    return av_rescale_q(time, stream.time_base(), NANOSECONDS);
  }

  private static @Nullable BytePointer extradata(AVStream stream) {
    return stream.codecpar().extradata();
  }

  private static int extradataSize(AVStream stream) {
    return stream.codecpar().extradata_size();
  }

  private static Bytes bytes(@Nullable BytePointer memory, int length) {
    if (memory == null || length <= 0) {
      return Bytes.EMPTY;
    }
    byte[] copy = new byte[length];
    memory.get(copy);
    return Bytes.wrap(copy);
  }

  @Override
  public void close() {
    av_packet_free(packet);
    avformat_close_input(context);
  }
}
