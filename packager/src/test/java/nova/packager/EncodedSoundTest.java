package nova.packager;

import static nova.packager.PackagedStream.AUDIO;
import static nova.packager.PackagedStream.SOURCE;
import static nova.packager.PackagedStream.STREAM;
import static nova.packager.SyntheticRung.AAC;
import static nova.packager.SyntheticRung.FIRST;
import static nova.packager.SyntheticRung.SECOND;
import static nova.packager.SyntheticRung.SMALL;
import static nova.packager.SyntheticRung.ofSound;
import static nova.packager.Timelines.assertPartsKeepToTheTarget;
import static nova.packager.Timelines.discontinuities;
import static nova.packager.Timelines.gaps;
import static nova.packager.Timelines.numbers;
import static nova.packager.Timelines.rendition;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import nova.core.StreamEvent.LadderChanged;
import nova.framelog.SyntheticBroadcast;
import nova.packager.SyntheticRung.Sent;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Sound that is encoded again, beside the sound of the source.
class EncodedSoundTest {
  private final PackagedStream stream = new PackagedStream(PackagerConfig.defaults());

  @AfterEach
  void stop() {
    stream.close();
  }

  @Test
  void encodedSound_takesThePlaceOfTheSources_withItsNumbers() {
    stream.publish(
        new LadderChanged(STREAM, Instant.EPOCH, true, false, List.of(AAC), "it is HE-AAC"));
    stream.write(FIRST, SECOND);
    SyntheticRung rung = new SyntheticRung(stream, AAC, 1);
    rung.write(ofSound(0, FIRST, SECOND));
    rung.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(ended.renditions())
        .extracting(RenditionTimeline::id)
        .containsExactly(SOURCE, AAC, AUDIO);
    assertThat(ended.renditions())
        .filteredOn(r -> !r.listed())
        .extracting(RenditionTimeline::id)
        .containsExactly(AUDIO);
    assertThat(numbers(ended, AAC)).isEqualTo(numbers(ended, AUDIO)).hasSize(6);
    assertThat(gaps(ended, AAC)).isEmpty();
    assertThat(discontinuities(ended, AAC)).isEqualTo(discontinuities(ended, AUDIO));
    assertPartsKeepToTheTarget("sound", rendition(ended, AAC));
  }

  @Test
  void encodedSound_mayBeginAFrameLater_andNotMore() {
    stream.write(FIRST);
    SyntheticRung rung = new SyntheticRung(stream, AAC, 1);
    rung.write(ofSound(1_000, FIRST));
    rung.close();
    SyntheticRung late = new SyntheticRung(stream, SMALL, 2);
    late.write(ofSound(1_200, FIRST));
    late.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(numbers(ended, AAC)).containsExactly(1L, 2L, 3L);
    assertThat(gaps(ended, AAC)).isEmpty();
    assertThat(ended.rendition(SMALL)).isEmpty();
    assertThat(stream.metrics.count("misaligned 480p")).isEqualTo(3);
  }

  @Test
  void encodedSoundOfABroadcastWithoutPicture_isComparedWithItsSource() {
    SyntheticBroadcast soundOnly = SyntheticBroadcast.usual(12).withFps(0, 1);
    stream.write(soundOnly, Duration.ZERO);
    SyntheticRung rung = new SyntheticRung(stream, AAC, 1);
    rung.write(ofSound(0, new Sent(soundOnly, Duration.ZERO)));
    rung.close();
    TimelineSnapshot ended = stream.close("over");

    assertThat(numbers(ended, AAC)).isEqualTo(numbers(ended, AUDIO)).isNotEmpty();
    assertThat(gaps(ended, AAC)).isEmpty();
  }
}
