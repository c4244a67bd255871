package nova.packager;

import static nova.packager.PackagedStream.AUDIO;
import static nova.packager.PackagedStream.SOURCE;
import static nova.packager.PackagedStream.STREAM;
import static nova.packager.Timelines.assertPartsKeepToTheTarget;
import static nova.packager.Timelines.discontinuities;
import static nova.packager.Timelines.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import nova.core.TrackId;
import nova.framelog.SyntheticBroadcast;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Tracks that lack media for a while: gaps, and silence in the place of sound.
class MissingMediaTest {
  private final PackagedStream stream = new PackagedStream(PackagerConfig.defaults());

  @AfterEach
  void stop() {
    stream.close();
  }

  @Test
  void audioMissingInAnEpoch_isSilence_soThatPlayersGoOn() {
    SyntheticBroadcast both = SyntheticBroadcast.usual(10);
    stream.write(both, Duration.ZERO);
    stream.write(both.withSampleRate(0), Duration.ofSeconds(10));
    stream.write(both, Duration.ofSeconds(20));
    TimelineSnapshot ended = stream.close("over");

    assertThat(numbers(ended, AUDIO)).isEqualTo(numbers(ended, SOURCE)).hasSize(15);
    assertThat(discontinuities(ended, AUDIO))
        .isEqualTo(discontinuities(ended, SOURCE))
        .containsExactly(6L, 11L);
    RenditionTimeline audio = ended.rendition(AUDIO).orElseThrow();
    assertThat(audio.segments()).noneMatch(TimelineSegment::gap);
    for (int i = 5; i < 10; i++) {
      TimelineSegment silent = audio.segments().get(i);
      TimelineSegment picture = ended.rendition(SOURCE).orElseThrow().segments().get(i);
      assertThat(audio.timescale().toSeconds(silent.duration())).isCloseTo(2, within(0.05));
      assertThat(Duration.between(picture.programDateTime(), silent.programDateTime()).abs())
          .isLessThan(Duration.ofMillis(25));
      assertThat(stream.segments.init(STREAM, AUDIO, silent.epoch())).isPresent();
      assertThat(stream.bytes(AUDIO, silent).length()).isPositive();
    }
    assertPartsKeepToTheTarget("silence", audio);
  }

  @Test
  void videoMissingInAnEpoch_isAGap_soThatNumbersAndDiscontinuitiesAgree() {
    SyntheticBroadcast both = SyntheticBroadcast.usual(10);
    stream.write(both, Duration.ZERO);
    writeSoundOnly(both, Duration.ofSeconds(10));
    stream.write(both, Duration.ofSeconds(20));
    TimelineSnapshot ended = stream.close("over");

    assertThat(numbers(ended, SOURCE)).isEqualTo(numbers(ended, AUDIO));
    RenditionTimeline source = ended.rendition(SOURCE).orElseThrow();
    assertThat(source.segments()).filteredOn(TimelineSegment::gap).isNotEmpty();
    assertThat(discontinuities(ended, SOURCE)).isEqualTo(discontinuities(ended, AUDIO)).hasSize(2);
    TimelineSegment gap =
        source.segments().stream().filter(TimelineSegment::gap).findFirst().orElseThrow();
    TimelineSegment other =
        ended.rendition(AUDIO).orElseThrow().segments().stream()
            .filter(segment -> segment.number() == gap.number())
            .findFirst()
            .orElseThrow();
    assertThat(Duration.between(other.programDateTime(), gap.programDateTime()).abs())
        .isLessThan(Duration.ofMillis(1));
  }

  private void writeSoundOnly(SyntheticBroadcast broadcast, Duration after) {
    var _ =
        stream
            .writer()
            .startEpoch(
                Map.of(
                    TrackId.AUDIO, Objects.requireNonNull(broadcast.formats().get(TrackId.AUDIO))),
                SyntheticBroadcast.BEGIN.plus(after));
    for (SyntheticBroadcast.Arrival arrival : broadcast.arrivals()) {
      if (!isVideo(arrival)) {
        var _ = stream.writer().append(arrival.frame(), arrival.at().plus(after));
      }
    }
  }

  @Test
  void pictureThatStops_isAGap_ratherThanAPlaylistThatStandsStill() {
    SyntheticBroadcast both = SyntheticBroadcast.usual(30);
    var _ = stream.writer().startEpoch(both.formats(), SyntheticBroadcast.BEGIN);
    for (SyntheticBroadcast.Arrival arrival : both.arrivals()) {
      if (!isVideo(arrival) || isBetween(arrival, 0, 5) || isBetween(arrival, 20, 30)) {
        var _ = stream.writer().append(arrival.frame(), arrival.at());
      }
      if (!isVideo(arrival) && arrival.frame().dts() / 48_000 == 18) {
        // Told while the picture is away, not when it comes back.
        TimelineSnapshot _ =
            stream.await(
                s ->
                    s.rendition(SOURCE).stream()
                        .flatMap(source -> source.segments().stream())
                        .anyMatch(TimelineSegment::gap));
      }
    }
    TimelineSnapshot ended = stream.close("over");

    assertThat(numbers(ended, SOURCE)).isEqualTo(numbers(ended, AUDIO));
    RenditionTimeline source = ended.rendition(SOURCE).orElseThrow();
    assertThat(source.segments()).filteredOn(TimelineSegment::gap).isNotEmpty();
    assertThat(source.segments()).allMatch(TimelineSegment::complete);
  }

  @Test
  void soundThatStops_isSilenceUntilItComesBack_soThatPlayersGoOn() {
    SyntheticBroadcast both = SyntheticBroadcast.usual(20);
    var _ = stream.writer().startEpoch(both.formats(), SyntheticBroadcast.BEGIN);
    for (SyntheticBroadcast.Arrival arrival : both.arrivals()) {
      if (isVideo(arrival) || isBetween(arrival, 0, 5) || isBetween(arrival, 13, 20)) {
        var _ = stream.writer().append(arrival.frame(), arrival.at());
      }
      if (isVideo(arrival) && arrival.frame().dts() == 12 * 90_000) {
        // Heard while the sound is away, not when it comes back.
        TimelineSnapshot _ =
            stream.await(s -> s.rendition(AUDIO).stream().anyMatch(r -> r.segments().size() > 4));
      }
    }
    TimelineSnapshot ended = stream.close("over");

    assertThat(numbers(ended, AUDIO)).isEqualTo(numbers(ended, SOURCE));
    RenditionTimeline audio = ended.rendition(AUDIO).orElseThrow();
    assertThat(audio.segments()).noneMatch(TimelineSegment::gap);
    assertSegmentsAdjoin(audio);
    assertPartsKeepToTheTarget("silence", audio);
    assertThat(audio.timescale().toSeconds(audio.segments().getLast().start()))
        .isCloseTo(18, within(0.1));
  }

  @Test
  void soundThatIsOnlyLate_isWaitedFor() {
    SyntheticBroadcast late = SyntheticBroadcast.usual(20).withAudioAhead(-1_500);
    stream.write(late, Duration.ZERO);
    TimelineSnapshot ended = stream.close("over");

    RenditionTimeline audio = ended.rendition(AUDIO).orElseThrow();
    assertSegmentsAdjoin(audio);
    for (TimelineSegment segment : audio.segments()) {
      assertThat(segment.sizeBytes()).as("sound, not silence").isGreaterThan(90 * 500);
    }
  }

  private static void assertSegmentsAdjoin(RenditionTimeline rendition) {
    for (int i = 1; i < rendition.segments().size(); i++) {
      TimelineSegment before = rendition.segments().get(i - 1);
      assertThat(rendition.segments().get(i).start()).isEqualTo(before.start() + before.duration());
    }
  }

  private static boolean isVideo(SyntheticBroadcast.Arrival arrival) {
    return arrival.frame().track().equals(TrackId.VIDEO);
  }

  private static boolean isBetween(SyntheticBroadcast.Arrival arrival, int from, int to) {
    long seconds = Duration.between(SyntheticBroadcast.BEGIN, arrival.at()).toSeconds();
    return seconds >= from && seconds < to;
  }
}
