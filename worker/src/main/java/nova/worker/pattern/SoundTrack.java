package nova.worker.pattern;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import nova.core.Bytes;
import nova.core.RenditionId;
import nova.framelog.pipe.AudioRung;
import nova.media.flv.LegacyTags;
import nova.worker.AacEncoder;
import nova.worker.AacEncoder.Search;
import nova.worker.flv.FlvOutput;

/// Writes the tone ahead of the pictures that it belongs to, block after block without a gap.
///
/// *Confined to its creator's thread.*
final class SoundTrack implements AutoCloseable {
  private static final long NS_PER_S = TimeUnit.SECONDS.toNanos(1);
  private static final int MS_PER_S = 1_000;

  static final int SAMPLE_RATE = 48_000;

  private static final AudioRung RUNG =
      new AudioRung(new RenditionId("tone"), SAMPLE_RATE, 2, 128_000);

  // After a longer pause of this process the sound is not made up for.
  private static final long MAX_BEHIND_SAMPLES = 2L * SAMPLE_RATE;

  private final FlvOutput out;
  private final AacEncoder encoder = new AacEncoder(RUNG, Search.FAST);
  private final float[] samples = new float[AudioRung.FRAME_SAMPLES];
  private final float[][] bothEars = {samples, samples};
  private long nextSample;
  private long writtenSample = -AudioRung.FRAME_SAMPLES;

  SoundTrack(FlvOutput out) {
    this.out = out;
  }

  /// Writes the decoder configuration.
  void begin() throws IOException {
    out.write(LegacyTags.aacConfiguration(0, encoder.format().configuration()));
  }

  /// Writes all frames that begin before a time, or at it.
  ///
  /// @param timeNs the stream's
  /// @param startEpochNs the wall clock's at the stream's time 0
  void writeUntil(long timeNs, long startEpochNs) {
    long until = timeNs / NS_PER_S * SAMPLE_RATE + timeNs % NS_PER_S * SAMPLE_RATE / NS_PER_S;
    if (until - nextSample > MAX_BEHIND_SAMPLES) {
      long missed = (until - nextSample) / AudioRung.FRAME_SAMPLES;
      nextSample += missed * AudioRung.FRAME_SAMPLES;
    }
    while (writtenSample + AudioRung.FRAME_SAMPLES <= until) {
      for (int i = 0; i < samples.length; i++) {
        samples[i] = Tone.at(startEpochNs + timeNs(nextSample + i));
      }
      encoder.encode(bothEars, nextSample, this::write);
      nextSample += AudioRung.FRAME_SAMPLES;
    }
  }

  /// What the encoder gives before the first sample has no time in the stream.
  private void write(long sample, Bytes payload) {
    if (sample >= 0) {
      long timeMs = Math.round((double) sample * MS_PER_S / SAMPLE_RATE);
      try {
        out.write(LegacyTags.aacFrame(timeMs, payload));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      writtenSample = sample;
    }
  }

  private static long timeNs(long sample) {
    return sample / SAMPLE_RATE * NS_PER_S + sample % SAMPLE_RATE * NS_PER_S / SAMPLE_RATE;
  }

  @Override
  public void close() {
    encoder.close();
  }
}
