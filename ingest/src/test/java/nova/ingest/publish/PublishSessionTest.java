package nova.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import nova.core.Bytes;
import nova.core.StreamHealth;
import nova.core.TrackId;
import nova.media.MediaFrame;
import org.junit.jupiter.api.Test;

/// What a session makes of encoders that do odd things for long.
class PublishSessionTest {
  private final TestSession session = new TestSession();

  @Test
  void sequenceHeader_thatChangesAtEveryKeyframe_makesNoMoreEpochsThanSegments() {
    session.aac();
    for (int ms = 0; ms < 60_000; ms += 40) {
      boolean keyframe = ms % 400 == 0;
      if (keyframe) {
        session.avc(ms % 800 == 0 ? TestSession.AVC_HEADER : TestSession.OTHER_AVC_HEADER);
      }
      session.video(ms, keyframe);
      session.audioUpTo(ms);
      session.pass(40);
    }
    assertThat(session.epochs()).isLessThanOrEqualTo(5 + 60 / 2);
    assertThat(session.frames(TrackId.AUDIO)).hasSizeGreaterThan(2_500);
    assertThat(session.drops.get("formats-change-too-often")).isGreaterThan(500);
    assertThat(session.health().advice())
        .anyMatch(sentence -> sentence.endsWith("keep the encoder's settings constant"));
  }

  @Test
  void sequenceHeader_thatStopsChanging_isFollowedAndTheAdviceEnds() {
    session.aac();
    for (int ms = 0; ms < 180_000; ms += 40) {
      boolean keyframe = ms % 400 == 0;
      if (keyframe && ms <= 20_000) {
        session.avc(ms % 800 == 0 ? TestSession.AVC_HEADER : TestSession.OTHER_AVC_HEADER);
      }
      session.video(ms, keyframe);
      session.audioUpTo(ms);
      session.pass(40);
    }
    assertThat(session.frames(TrackId.VIDEO)).hasSizeGreaterThan(160_000 / 40);
    assertThat(session.health().advice()).isEmpty();
  }

  @Test
  void identicalSequenceHeader_atEveryKeyframe_changesNothing() {
    for (int ms = 0; ms < 60_000; ms += 40) {
      boolean keyframe = ms % 400 == 0;
      if (keyframe) {
        session.headers();
      }
      session.video(ms, keyframe);
      session.audioUpTo(ms);
      session.pass(40);
    }
    assertThat(session.epochs()).isEqualTo(1);
    assertThat(session.frames(TrackId.VIDEO)).hasSize(1_500);
    assertThat(session.drops).isEmpty();
    assertThat(session.health().advice()).isEmpty();
  }

  @Test
  void clock_thatJumpsAtEveryKeyframe_makesNoMoreEpochsThanSegments_andLosesNothing() {
    session.headers();
    long time = 0;
    for (int frame = 0; frame < 1_500; frame++) {
      boolean keyframe = frame % 10 == 0;
      time += keyframe ? 100_000 : 40;
      session.video(time, keyframe);
      session.audio(time);
      session.pass(40);
    }
    assertThat(session.epochs()).isBetween(20L, 5 + 60L / 2);
    assertThat(session.frames(TrackId.VIDEO)).hasSize(1_500);
  }

  @Test
  void encoder_thatComesAndGoes_waitsForItsNextEpoch() {
    for (int times = 0; times < 40; times++) {
      publish(400);
      session.lose();
      session.open();
    }
    assertThat(session.epochs()).isLessThanOrEqualTo(5 + 40 * 400 / 2_000);
    int before = session.frames(TrackId.VIDEO).size();
    publish(2_400);
    assertThat(session.frames(TrackId.VIDEO)).hasSize(before + 60);
  }

  @Test
  void lateAudio_withoutAnotherKeyframe_isAdvisedAbout_andPictureGoesOn() {
    session.avc(TestSession.AVC_HEADER);
    for (int ms = 0; ms <= 12_000; ms += 40) {
      if (ms == 2_000) {
        assertThat(session.health().advice()).anyMatch(s -> s.startsWith("no audio arrives"));
        session.aac();
      }
      session.video(ms, ms == 0);
      if (ms >= 2_000) {
        session.audio(ms);
      }
      session.pass(40);
    }
    assertThat(session.epochs()).isEqualTo(1);
    assertThat(session.frames(TrackId.VIDEO)).hasSize(301);
    assertThat(session.health().advice())
        .containsExactly(
            "keyframe interval is 12.0 s, set 2 s",
            "audio has waited 10 s for a keyframe to join at, set the keyframe interval to 2 s");

    session.video(12_040, true);
    session.audio(12_040);
    assertThat(session.epochs()).isEqualTo(2);
    assertThat(session.frames(TrackId.AUDIO)).hasSize(1);
    assertThat(session.health().advice()).noneMatch(s -> s.contains("audio"));
  }

  @Test
  void timestamps_thatAreAllZero_becomeTimesOfArrival() {
    session.headers();
    int sounds = 0;
    for (int ms = 0; ms < 30_000; ms += 40) {
      session.video(0, ms % 2_000 == 0);
      for (; sounds * 1_024 / 48 <= ms; sounds++) {
        session.audio(0);
      }
      session.pass(40);
    }
    assertThat(session.epochs()).isEqualTo(1);
    List<MediaFrame> video = session.frames(TrackId.VIDEO);
    List<MediaFrame> audio = session.frames(TrackId.AUDIO);
    assertThat(video).hasSize(750);
    assertThat(video.getLast().dts() / 90).isBetween(29_900L, 30_020L);
    assertThat(audio).hasSizeBetween(sounds - 20, sounds);
    assertThat(audio.getLast().dts() / 48).isBetween(29_900L, 30_020L);
    StreamHealth health = session.health();
    assertThat(health.frameRate()).isBetween(24.5, 25.5);
    assertThat(health.repairedTimestamps()).isBetween(2_000L, 750L + sounds);
    assertThat(health.advice()).singleElement().asString().contains("had to be repaired");
  }

  @Test
  void videoTimestamps_thatStandStill_besideSoundThatDoesNot_stayWithTheSound() {
    session.headers();
    for (int ms = 0; ms < 30_000; ms += 40) {
      session.video(0, ms % 2_000 == 0);
      session.audioUpTo(ms);
      session.pass(40);
    }
    assertThat(session.epochs()).isEqualTo(1);
    assertThat(session.frames(TrackId.VIDEO).getLast().dts() / 90).isBetween(29_900L, 30_020L);
    assertThat(session.frames(TrackId.AUDIO).getLast().dts() / 48).isBetween(29_900L, 30_020L);
    assertThat(session.drops).isEmpty();
  }

  @Test
  void trackThatTurnsOutUnsupported_beforeTheBroadcastBegan_isLeftOut() {
    session.avc(TestSession.AVC_HEADER);
    session.video(0, true);
    session.avc(Bytes.ofHex("90 68766331 01010000"));
    session.aac();
    session.audioUpTo(1_000);
    assertThat(session.frames(TrackId.AUDIO)).isNotEmpty();
    assertThat(session.frames(TrackId.VIDEO)).isEmpty();
  }

  @Test
  void formatThatChanges_beforeTheBroadcastBegan_isTheOneOfAllFrames() {
    session.avc(TestSession.AVC_HEADER);
    session.video(0, true);
    session.video(40, false);
    session.avc(TestSession.OTHER_AVC_HEADER);
    session.video(80, true);
    session.aac();
    session.audio(80);
    assertThat(session.frames(TrackId.VIDEO)).hasSize(1);
  }

  /// One group of pictures with sound.
  private void publish(int durationMs) {
    session.headers();
    for (int ms = 0; ms < durationMs; ms += 40) {
      session.video(ms, ms == 0);
      session.audioUpTo(ms);
      session.pass(40);
    }
  }
}
