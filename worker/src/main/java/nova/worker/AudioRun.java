package nova.worker;

import java.util.Arrays;
import nova.framelog.pipe.AudioRung;
import nova.media.TrackFormat.AudioFormat;
import nova.worker.AacEncoder.Frames;
import nova.worker.AacEncoder.Search;

/// Samples that follow each other, in blocks of a frame's length into one encoder.
///
/// *Confined to its creator's thread.*
final class AudioRun implements AutoCloseable {
  private final AacEncoder encoder;
  private final Frames frames;
  private final float[][] block;
  private int filled;
  private long next;

  /// @param firstSample the number of the first sample that will come
  AudioRun(AudioRung rung, long firstSample, Frames frames) {
    this.encoder = new AacEncoder(rung, Search.THOROUGH);
    this.frames = frames;
    this.block = new float[rung.channels()][AudioRung.FRAME_SAMPLES];
    this.next = firstSample;
  }

  /// The format of the frames.
  AudioFormat format() {
    return encoder.format();
  }

  /// The number of the sample that comes next.
  long next() {
    return next;
  }

  /// Takes samples from the `from`-th on.
  ///
  /// @param samples by channel
  void add(float[][] samples, int from) {
    int count = samples[0].length;
    for (int at = from; at < count; ) {
      int taken = Math.min(count - at, AudioRung.FRAME_SAMPLES - filled);
      for (int channel = 0; channel < block.length; channel++) {
        System.arraycopy(samples[channel], at, block[channel], filled, taken);
      }
      at += taken;
      took(taken);
    }
  }

  /// Adds silence up to a sample; nothing when it is past that.
  void addSilence(long until) {
    while (next < until) {
      int taken = (int) Math.min(until - next, AudioRung.FRAME_SAMPLES - filled);
      for (float[] channel : block) {
        Arrays.fill(channel, filled, filled + taken, 0);
      }
      took(taken);
    }
  }

  private void took(int count) {
    filled += count;
    next += count;
    if (filled == AudioRung.FRAME_SAMPLES) {
      filled = 0;
      encoder.encode(block, next - AudioRung.FRAME_SAMPLES, frames);
    }
  }

  /// Fills the last block up with silence and gives what is held back; nothing can be added
  /// afterwards.
  void finish() {
    if (filled > 0) {
      addSilence(next + AudioRung.FRAME_SAMPLES - filled);
    }
    encoder.drain(frames);
  }

  @Override
  public void close() {
    encoder.close();
  }
}
