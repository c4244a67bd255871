package nova.packager;

import static nova.packager.PackagedStream.AUDIO;
import static nova.packager.PackagedStream.SOURCE;
import static nova.packager.SyntheticRung.AAC;
import static nova.packager.Timelines.assertAligned;
import static nova.packager.Timelines.discontinuities;
import static nova.packager.Timelines.gaps;
import static nova.packager.Timelines.lastNumber;
import static nova.packager.Timelines.numbers;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import nova.core.DataSize;
import nova.core.RenditionId;
import nova.framelog.LogEntry;
import nova.framelog.SyntheticBroadcast;
import nova.packager.SyntheticRung.Sent;
import nova.segments.SegmentStoreConfig;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A rung that comes, or comes back, when the playlists are long: they stay as long as they are.
class LateRungTest {
  private static final RenditionId SMALL = new RenditionId("480p");

  // Segments 1 to 10, and 11 to 16.
  private static final Sent FIRST = new Sent(SyntheticBroadcast.usual(20), Duration.ZERO);
  private static final Sent SECOND = new Sent(SyntheticBroadcast.usual(12), Duration.ofSeconds(20));

  private final PackagedStream stream = new PackagedStream(PackagerConfig.defaults());

  @AfterEach
  void stop() {
    stream.close();
  }

  @Test
  void rungThatComesWhenMuchIsListed_hasGapsForIt() {
    TimelineSnapshot ended = streamWithRungFrom(9);

    assertThat(numbers(ended, SOURCE)).isEqualTo(upTo(16));
    assertThat(numbers(ended, AUDIO)).isEqualTo(upTo(16));
    assertThat(numbers(ended, SMALL)).isEqualTo(upTo(16));
    assertThat(gaps(ended, SMALL)).isEqualTo(upTo(8));
    assertAligned(ended, SMALL);
  }

  @Test
  void rungThatComesInALaterEpoch_hasTheDiscontinuityAmongItsGaps() {
    TimelineSnapshot ended = streamWithRungFrom(13);

    assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE));
    assertThat(gaps(ended, SMALL)).isEqualTo(upTo(12));
    assertThat(discontinuities(ended, SMALL)).containsExactly(11L);
    assertAligned(ended, SMALL);
  }

  @Test
  void rungThatComesSoonAfterTheStart_isTheBeginningOfAllPlaylists() {
    TimelineSnapshot ended = streamWithRungFrom(6);

    assertThat(numbers(ended, SMALL).getFirst()).isEqualTo(6);
    assertThat(numbers(ended, SOURCE)).isEqualTo(numbers(ended, SMALL));
    assertThat(gaps(ended, SMALL)).isEmpty();
  }

  @Test
  void encodedSoundThatComesWhenMuchIsListed_hasGapsForIt() {
    TimelineSnapshot ended = streamWithSoundFrom(13);

    assertThat(numbers(ended, SOURCE)).isEqualTo(upTo(16));
    assertThat(numbers(ended, AUDIO)).isEqualTo(upTo(16));
    assertThat(numbers(ended, AAC)).isEqualTo(upTo(16));
    assertThat(gaps(ended, AAC)).isEqualTo(upTo(12));
    assertThat(discontinuities(ended, AAC)).containsExactly(11L);
  }

  @Test
  void encodedSoundThatComesSoonAfterTheStart_isTheBeginningOfAllPlaylists() {
    TimelineSnapshot ended = streamWithSoundFrom(6);

    assertThat(numbers(ended, AAC).getFirst()).isEqualTo(6);
    assertThat(numbers(ended, SOURCE)).isEqualTo(numbers(ended, AAC));
    assertThat(gaps(ended, AAC)).isEmpty();
  }

  @Test
  void rungThatStopsWithinASegment_whichLeavesThePlaylists_goesOnWhereItComesBack() {
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(40).withPayload(2_500);
    List<LogEntry> entries = SyntheticRung.encoded(new Sent(broadcast, Duration.ZERO));
    try (PackagedStream small =
        new PackagedStream(
            PackagerConfig.defaults(),
            new SegmentStoreConfig(DataSize.ofMiB(2), DataSize.ofMiB(2)))) {
      SyntheticRung rung = new SyntheticRung(small, SMALL, 1);
      rung.write(entries.subList(0, SyntheticRung.indexOf(entries, 3) + 30));
      var _ = small.writer().startEpoch(broadcast.formats(), SyntheticBroadcast.BEGIN);
      for (SyntheticBroadcast.Arrival arrival : broadcast.arrivals()) {
        if (arrival.at().equals(SyntheticBroadcast.BEGIN.plusSeconds(8))) {
          TimelineSnapshot _ = small.await(s -> lastNumber(s, SMALL) >= 3);
        }
        if (arrival.at().equals(SyntheticBroadcast.BEGIN.plusSeconds(20))) {
          TimelineSnapshot _ = small.await(s -> numbers(s, SOURCE).getFirst() > 3);
        }
        var _ = small.writer().append(arrival.frame(), arrival.at());
      }
      TimelineSnapshot _ = small.await(s -> lastNumber(s, SOURCE) >= 20);
      rung.write(SyntheticRung.from(entries, 18));
      rung.close();
      TimelineSnapshot ended = small.close("over");

      assertThat(small.metrics.count("stream failed")).isZero();
      assertThat(small.metrics.count("failed 480p")).isZero();
      assertThat(small.everListed(SMALL))
          .filteredOn(TimelineSegment::gap)
          .extracting(TimelineSegment::number)
          .isNotEmpty()
          .allMatch(number -> number > 3 && number < 18);
      assertThat(numbers(ended, SMALL)).isEqualTo(numbers(ended, SOURCE)).endsWith(18L, 19L, 20L);
      assertAligned(ended, SMALL);
    }
  }

  private TimelineSnapshot streamWithRungFrom(long number) {
    return streamWith(SMALL, SyntheticRung.encoded(FIRST, SECOND), number);
  }

  private TimelineSnapshot streamWithSoundFrom(long number) {
    return streamWith(AAC, SyntheticRung.ofSound(0, FIRST, SECOND), number);
  }

  private TimelineSnapshot streamWith(RenditionId rendition, List<LogEntry> all, long number) {
    stream.write(FIRST, SECOND);
    SyntheticRung rung = new SyntheticRung(stream, rendition, 1);
    rung.write(SyntheticRung.without(all, n -> n < number));
    rung.close();
    return stream.close("over");
  }

  private static List<Long> upTo(long number) {
    return LongStream.rangeClosed(1, number).boxed().toList();
  }
}
