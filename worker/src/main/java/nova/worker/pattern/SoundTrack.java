package nova.worker.pattern;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import nova.core.Bytes;
import nova.media.flv.LegacyTags;
import nova.worker.flv.FlvOutput;

/// Writes the tone ahead of the pictures that it belongs to, block after block without a gap.
///
/// *Confined to its creator's thread.*
final class SoundTrack implements AutoCloseable {
  private static final long NS_PER_S = TimeUnit.SECONDS.toNanos(1);
  private static final int MS_PER_S = 1_000;

  // After a longer pause of this process the sound is not made up for.
  private static final long MAX_BEHIND_SAMPLES = 2L * SoundEncoder.SAMPLE_RATE;

  private final FlvOutput out;
  private final SoundEncoder encoder = new SoundEncoder();
  private final float[] samples = new float[SoundEncoder.BLOCK_SAMPLES];
  private long nextSample;
  private long writtenSample = -SoundEncoder.BLOCK_SAMPLES;

  SoundTrack(FlvOutput out) {
    this.out = out;
  }

  /// Writes the decoder configuration.
  void begin() throws IOException {
    out.write(LegacyTags.aacConfiguration(0, encoder.configuration()));
  }

  /// Writes all frames that begin before a time, or at it.
  ///
  /// @param timeNs the stream's
  /// @param startEpochNs the wall clock's at the stream's time 0
  void writeUntil(long timeNs, long startEpochNs) throws IOException {
    long until =
        timeNs / NS_PER_S * SoundEncoder.SAMPLE_RATE
            + timeNs % NS_PER_S * SoundEncoder.SAMPLE_RATE / NS_PER_S;
    if (until - nextSample > MAX_BEHIND_SAMPLES) {
      long missed = (until - nextSample) / SoundEncoder.BLOCK_SAMPLES;
      nextSample += missed * SoundEncoder.BLOCK_SAMPLES;
    }
    while (writtenSample + SoundEncoder.BLOCK_SAMPLES <= until) {
      for (int i = 0; i < samples.length; i++) {
        samples[i] = Tone.at(startEpochNs + timeNs(nextSample + i));
      }
      encoder.encode(samples, nextSample, this::write);
      nextSample += SoundEncoder.BLOCK_SAMPLES;
    }
  }

  /// What the encoder gives before the first sample has no time in the stream.
  private void write(long sample, Bytes payload) throws IOException {
    if (sample >= 0) {
      out.write(
          LegacyTags.aacFrame(
              Math.round((double) sample * MS_PER_S / SoundEncoder.SAMPLE_RATE), payload));
      writtenSample = sample;
    }
  }

  private static long timeNs(long sample) {
    return sample / SoundEncoder.SAMPLE_RATE * NS_PER_S
        + sample % SoundEncoder.SAMPLE_RATE * NS_PER_S / SoundEncoder.SAMPLE_RATE;
  }

  @Override
  public void close() {
    encoder.close();
  }
}
