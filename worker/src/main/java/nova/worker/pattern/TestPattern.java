package nova.worker.pattern;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nova.core.NanoClock;
import nova.framelog.pipe.PatternJob;
import nova.media.flv.LegacyTags;
import nova.worker.flv.FlvOutput;
import nova.worker.flv.FlvProgram;

/// The program that makes the test pattern: H.264 and AAC in FLV on stdout, in real time, until
/// nobody reads any more.
///
/// Pictures are drawn when their time has come, by a clock that nobody sets, and show the wall
/// clock as it is at that moment. When pictures take too long or the reader too slow, some are left
/// out: timestamps stay true. Keyframes come every two seconds.
///
/// *Confined to the main thread.*
public final class TestPattern {
  private static final int KEYFRAME_SECONDS = 2;
  private static final double NS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final double AVC = 7; // CodecID
  private static final double AAC = 10; // SoundFormat

  private final PatternJob job;
  private final InstantSource wall;
  private final NanoClock clock;
  private final FlvOutput out;
  private long keyframesSoFar;

  private TestPattern(PatternJob job, InstantSource wall, NanoClock clock, FlvOutput out) {
    this.job = job;
    this.wall = wall;
    this.clock = clock;
    this.out = out;
  }

  /// Runs until nobody reads any more.
  ///
  /// @param arguments those of [PatternJob#toArguments]
  public static void main(String[] arguments) {
    FlvProgram.run(
        out -> {
          PatternJob job = PatternJob.ofArguments(List.of(arguments));
          new TestPattern(job, InstantSource.system(), System::nanoTime, out).run();
        });
  }

  private void run() throws IOException, InterruptedException {
    try (PatternPicture picture = new PatternPicture(job);
        PictureEncoder video = new PictureEncoder(job);
        SoundTrack sound = new SoundTrack(out)) {
      begin(video, sound);
      long startNs = clock.nanoTime();
      FramePace pace = new FramePace(job.framesPerSecond(), startNs);
      while (true) {
        long frame = pace.next(clock.nanoTime());
        waitFor(pace, frame);
        long timeNs = pace.timeNs(frame);
        sound.writeUntil(timeNs, epochNs() - (clock.nanoTime() - startNs));
        draw(picture, video, frame, timeNs);
      }
    }
  }

  private void begin(PictureEncoder video, SoundTrack sound) throws IOException {
    Map<String, Double> metadata = new LinkedHashMap<>();
    metadata.put("width", (double) job.width());
    metadata.put("height", (double) job.height());
    metadata.put("framerate", (double) job.framesPerSecond());
    metadata.put("videodatarate", PictureEncoder.bitrateBps(job) / 1e3);
    metadata.put("videocodecid", AVC);
    metadata.put("audiosamplerate", (double) SoundTrack.SAMPLE_RATE);
    metadata.put("audiocodecid", AAC);
    out.begin(true, true, metadata);
    out.write(LegacyTags.avcConfiguration(0, video.configuration()));
    sound.begin();
  }

  private void waitFor(FramePace pace, long frame) throws InterruptedException {
    long waitNs = pace.waitNs(frame, clock.nanoTime());
    if (waitNs > 0) {
      TimeUnit.NANOSECONDS.sleep(waitNs);
    }
  }

  private void draw(PatternPicture picture, PictureEncoder video, long frame, long timeNs)
      throws IOException {
    boolean keyframe = frame >= keyframesSoFar * KEYFRAME_SECONDS * job.framesPerSecond();
    if (keyframe) {
      keyframesSoFar = frame / ((long) KEYFRAME_SECONDS * job.framesPerSecond()) + 1;
    }
    video.encode(
        picture.draw(wall.millis()),
        frame,
        keyframe,
        (key, payload) ->
            out.write(LegacyTags.avcFrame(Math.round(timeNs / NS_PER_MS), 0, key, payload)));
  }

  private long epochNs() {
    Instant now = wall.instant();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }
}
