package nova.ingest.publish;

import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import nova.core.Bytes;
import nova.core.TrackKind;
import nova.ingest.chunk.RtmpLimits;
import nova.ingest.publish.ParameterSets.Cleaned;
import nova.media.LimitExceededException;
import nova.media.MediaException;
import nova.media.TrackFormat;
import nova.media.TrackFormat.VideoFormat;
import nova.media.UnsupportedMediaException;
import nova.media.avc.AvcDecoderConfigurationRecord;
import nova.media.avc.AvcFormats;
import nova.media.avc.NalUnits;
import nova.media.flv.AudioPacket;
import nova.media.flv.AudioPackets;
import nova.media.flv.FlvCodecs;
import nova.media.flv.VideoPacket;
import nova.media.flv.VideoPackets;
import org.jspecify.annotations.Nullable;

/// Makes formats and frames of the bodies of audio and video messages.
///
/// What is broken is dropped and counted, one frame at a time. A track that Nova does not carry is
/// dropped as a whole and the broadcaster is told. Neither touches the connection or the other
/// track; only a picture larger than the limits throws [LimitExceededException].
///
/// *Confined to its session's thread.*
final class FrameAssembler {
  /// Receives what was understood.
  interface Output {
    /// A track has a format that differs from the one before.
    void onFormat(TrackKind track, TrackFormat format);

    /// A track turned out to be one that Nova does not carry.
    void onRefused(TrackKind track);

    void onFrame(SourceFrame frame);
  }

  private static final int SMALL_WASTE = 1_024;

  private final RtmpLimits limits;
  private final HealthMeter health;
  private final Output output;

  private final Map<TrackKind, Bytes> configurations = new EnumMap<>(TrackKind.class);
  private final Map<TrackKind, TrackFormat> formats = new EnumMap<>(TrackKind.class);
  private final Set<TrackKind> refused = EnumSet.noneOf(TrackKind.class);
  private @Nullable ParameterSets parameterSets;

  FrameAssembler(RtmpLimits limits, HealthMeter health, Output output) {
    this.limits = limits;
    this.health = health;
    this.output = output;
  }

  /// Whether the track is of a kind that Nova does not carry.
  boolean isRefused(TrackKind track) {
    return refused.contains(track);
  }

  void audio(long timeMs, Bytes payload, Instant arrivedAt) {
    try {
      for (AudioPacket packet : AudioPackets.read(payload)) {
        if (packet.trackId() != 0) {
          health.extraTrack(TrackKind.AUDIO);
          continue;
        }
        switch (packet) {
          case AudioPacket.SequenceStart start ->
              configure(
                  TrackKind.AUDIO,
                  start.configuration(),
                  () -> FlvCodecs.audioFormat(start.codec(), start.configuration()));
          case AudioPacket.CodedFrame frame -> audioFrame(timeMs, frame, payload, arrivedAt);
          case AudioPacket.SequenceEnd _, AudioPacket.MultichannelConfig _ -> {}
        }
      }
    } catch (MediaException e) {
      drop(TrackKind.AUDIO, e);
    }
  }

  void video(long timeMs, Bytes payload, Instant arrivedAt) {
    try {
      for (VideoPacket packet : VideoPackets.read(payload)) {
        if (packet.trackId() != 0) {
          health.extraTrack(TrackKind.VIDEO);
          continue;
        }
        switch (packet) {
          case VideoPacket.SequenceStart start ->
              configure(
                  TrackKind.VIDEO,
                  start.configuration(),
                  () -> withinLimits(FlvCodecs.videoFormat(start.codec(), start.configuration())));
          case VideoPacket.CodedFrame frame -> videoFrame(timeMs, frame, payload, arrivedAt);
          case VideoPacket.SequenceEnd _, VideoPacket.Metadata _ -> {}
        }
      }
    } catch (MediaException e) {
      drop(TrackKind.VIDEO, e);
    }
  }

  /// Reads a decoder configuration.
  @FunctionalInterface
  private interface FormatReader {
    TrackFormat read();
  }

  private void configure(TrackKind track, Bytes configuration, FormatReader reader) {
    Bytes before = configurations.get(track);
    if (before != null && before.equals(configuration)) {
      return; // many encoders repeat it with every keyframe
    }
    try {
      TrackFormat format = reader.read();
      configurations.put(track, Bytes.copyOf(configuration.toByteArray()));
      accept(track, format);
    } catch (UnsupportedMediaException e) {
      refuse(track, e);
    }
  }

  private void accept(TrackKind track, TrackFormat format) {
    refused.remove(track);
    health.trackCarried(track);
    if (format instanceof VideoFormat video) {
      parameterSets = new ParameterSets(AvcDecoderConfigurationRecord.read(video.configuration()));
    }
    if (!format.equals(formats.put(track, format))) {
      output.onFormat(track, format);
    }
  }

  private VideoFormat withinLimits(VideoFormat format) {
    if (format.width() > limits.sourceWidth()) {
      throw new LimitExceededException("source-width", format.width(), limits.sourceWidth());
    }
    if (format.height() > limits.sourceHeight()) {
      throw new LimitExceededException("source-height", format.height(), limits.sourceHeight());
    }
    return format;
  }

  private void audioFrame(
      long timeMs, AudioPacket.CodedFrame frame, Bytes message, Instant arrivedAt) {
    if (!formats.containsKey(TrackKind.AUDIO) || !frame.codec().equals(FlvCodecs.AAC)) {
      health.dropped("frame-before-configuration");
      return;
    }
    output.onFrame(
        new SourceFrame(
            TrackKind.AUDIO, timeMs, 0, 0, true, unpinned(frame.payload(), message), arrivedAt));
  }

  private void videoFrame(
      long timeMs, VideoPacket.CodedFrame frame, Bytes message, Instant arrivedAt) {
    ParameterSets sets = parameterSets;
    if (sets == null
        || !frame.codec().equals(FlvCodecs.AVC)
        || !(formats.get(TrackKind.VIDEO) instanceof VideoFormat format)) {
      health.dropped("frame-before-configuration");
      return;
    }
    NalUnits.of(frame.payload(), AvcFormats.nalLengthSize(format)); // checks all lengths
    Cleaned cleaned = sets.clean(frame.payload());
    if (!cleaned.found().isEmpty() && cleaned.keyframe()) {
      changeParameterSets(sets, cleaned);
    }
    if (!cleaned.picture()) {
      return; // parameter sets alone, or a message of side information
    }
    output.onFrame(
        new SourceFrame(
            TrackKind.VIDEO,
            timeMs,
            frame.compositionTimeMs(),
            frame.nanosecondOffset(),
            cleaned.keyframe(),
            unpinned(cleaned.payload(), message),
            arrivedAt));
  }

  /// A frame shares the memory of its message. One that is a small part of it is copied, or a log
  /// that counts frames would hold far more memory than it knows.
  private static Bytes unpinned(Bytes frame, Bytes message) {
    return message.length() - frame.length() > frame.length() + SMALL_WASTE
        ? Bytes.wrap(frame.toByteArray())
        : frame;
  }

  /// The encoder changed its parameters in band, without a new sequence header.
  private void changeParameterSets(ParameterSets sets, Cleaned cleaned) {
    Bytes configuration = sets.configurationWith(cleaned.found()).write();
    accept(TrackKind.VIDEO, withinLimits(FlvCodecs.videoFormat(FlvCodecs.AVC, configuration)));
  }

  /// A message of a codec that is not carried refuses a track that has no format; one that has goes
  /// on without the message.
  private void drop(TrackKind track, MediaException cause) {
    if (cause instanceof LimitExceededException) {
      throw cause;
    }
    if (cause instanceof UnsupportedMediaException && !formats.containsKey(track)) {
      refuse(track, cause);
    } else {
      health.dropped(cause.reason());
    }
  }

  private void refuse(TrackKind track, MediaException cause) {
    health.dropped(cause.reason());
    health.trackRefused(track, String.valueOf(cause.getMessage()));
    refused.add(track);
    formats.remove(track);
    configurations.remove(track);
    output.onRefused(track);
  }
}
