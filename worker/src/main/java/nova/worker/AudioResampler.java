package nova.worker;

import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.swresample.swr_alloc;
import static org.bytedeco.ffmpeg.global.swresample.swr_convert_frame;
import static org.bytedeco.ffmpeg.global.swresample.swr_free;

import nova.framelog.pipe.AudioRung;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swresample.SwrContext;
import org.bytedeco.javacpp.FloatPointer;

/// Decoded sound of any rate and layout to the samples of a rung. The first sample that comes out
/// is of the time of the first that went in.
///
/// *Confined to its creator's thread.*
final class AudioResampler implements AutoCloseable {
  private final AudioRung rung;
  private final AVFrame resampled;
  private SwrContext context;

  AudioResampler(AudioRung rung) {
    this.rung = rung;
    this.resampled = CodecException.allocated(av_frame_alloc(), "samples");
    this.context = newContext();
  }

  private static SwrContext newContext() {
    return CodecException.allocated(swr_alloc(), "a resampler");
  }

  /// Converts what was decoded. Behind a change of rate a few samples may stay inside.
  ///
  /// @return samples by channel
  float[][] resample(AVFrame decoded) {
    describe();
    int result = swr_convert_frame(context, resampled, decoded);
    if (result < 0) {
      reset(); // the source has another rate or layout than before
      describe();
      result = swr_convert_frame(context, resampled, decoded);
    }
    CodecException.check(result, "resampling sound");
    int count = resampled.nb_samples();
    float[][] samples = new float[rung.channels()][count];
    if (count > 0) {
      for (int channel = 0; channel < samples.length; channel++) {
        var _ = new FloatPointer(resampled.data(channel)).get(samples[channel]);
      }
    }
    av_frame_unref(resampled);
    return samples;
  }

  /// What comes next does not follow what came.
  void reset() {
    swr_free(context);
    context = newContext();
  }

  private void describe() {
    av_frame_unref(resampled);
    resampled.format(AV_SAMPLE_FMT_FLTP).sample_rate(rung.sampleRate());
    av_channel_layout_default(resampled.ch_layout(), rung.channels());
  }

  @Override
  public void close() {
    swr_free(context);
    av_frame_free(resampled);
  }
}
