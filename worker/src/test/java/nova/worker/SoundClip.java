package nova.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.core.TrackId;
import nova.media.MediaFrame;
import nova.media.TrackFormat.AudioFormat;
import nova.media.aac.AacFormats;
import nova.media.flv.AudioPacket;
import nova.media.flv.AudioPackets;
import nova.media.flv.FlvTag;
import nova.media.flv.FlvTagReader;
import nova.testkit.Ffprobe;

/// Sound that an encoder made, as it enters the log: frame n at n times a frame's samples.
///
/// *Immutable.*
record SoundClip(AudioFormat format, List<MediaFrame> frames) {
  /// HE-AAC of two channels: an AAC-LC core of 24 kHz, doubled by the decoder.
  private static final Bytes HE_AAC = Bytes.ofHex("2b118800");

  private static final Duration ENCODING = Duration.ofSeconds(60);

  SoundClip {
    frames = List.copyOf(frames);
  }

  /// Noise as HE-AAC of 48 kHz. No encoder here makes any, so this is a core that says it is to be
  /// doubled and has nothing to say of the upper half; decoders take that as it is.
  static SoundClip heAac(Path directory, int seconds) {
    return encode(directory, HE_AAC, "anoisesrc=color=pink:seed=7:amplitude=0.6:r=24000", seconds);
  }

  /// Noise for six speakers at 96 kHz as AAC-LC.
  static SoundClip surround(Path directory, int seconds) {
    return encode(
        directory,
        Bytes.EMPTY,
        "anoisesrc=color=pink:seed=7:amplitude=0.6:r=96000,aformat=channel_layouts=mono,"
            + "pan=5.1|FL=c0|FR=c0|FC=c0|LFE=0*c0|BL=0*c0|BR=0*c0",
        seconds);
  }

  private static SoundClip encode(Path directory, Bytes configuration, String filter, int seconds) {
    Path flv = directory.resolve("sound.flv");
    List<String> arguments = new ArrayList<>(List.of("-f", "lavfi", "-i", filter));
    if (!configuration.isEmpty()) {
      arguments.addAll(List.of("-ac", "2"));
    }
    arguments.addAll(List.of("-c:a", "aac", "-b:a", "128k"));
    arguments.addAll(List.of("-t", Integer.toString(seconds), "-flvflags", "no_duration_filesize"));
    arguments.add(flv.toString());
    byte[] _ = Ffprobe.ffmpeg(ENCODING, arguments.toArray(String[]::new));
    return read(flv, configuration);
  }

  private static SoundClip read(Path flv, Bytes configuration) {
    List<Bytes> configurations = new ArrayList<>();
    List<Bytes> payloads = new ArrayList<>();
    try {
      new FlvTagReader(1 << 24)
          .read(
              ByteBuffer.wrap(Files.readAllBytes(flv)),
              tag -> {
                if (tag instanceof FlvTag.FlvAudioTag audio) {
                  for (AudioPacket packet : AudioPackets.read(audio.payload())) {
                    switch (packet) {
                      case AudioPacket.SequenceStart start ->
                          configurations.add(start.configuration());
                      case AudioPacket.CodedFrame frame -> payloads.add(frame.payload());
                      default -> {}
                    }
                  }
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    AudioFormat format =
        AacFormats.of(configuration.isEmpty() ? configurations.getFirst() : configuration);
    List<MediaFrame> frames = new ArrayList<>();
    for (Bytes payload : payloads) {
      long dts = (long) frames.size() * format.samplesPerFrame();
      frames.add(new MediaFrame(TrackId.AUDIO, dts, dts, true, payload));
    }
    return new SoundClip(format, frames);
  }

  /// This clip without its frames from one to before another.
  SoundClip without(int from, int to) {
    List<MediaFrame> others = new ArrayList<>(frames.subList(0, from));
    others.addAll(frames.subList(to, frames.size()));
    return new SoundClip(format, others);
  }
}
