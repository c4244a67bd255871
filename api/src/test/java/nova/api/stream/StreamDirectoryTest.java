package nova.api.stream;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamEvent;
import nova.core.StreamEvent.BitrateAdapted;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamEvent.RungsFailed;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvent.StreamRecovering;
import nova.core.StreamEvent.StreamResumed;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.core.TrackDescription;
import nova.core.TrackId;
import nova.testkit.FakeClock;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class StreamDirectoryTest {
  private static final Duration KEPT = Duration.ofMinutes(10);
  private static final StreamHealth HEALTH =
      new StreamHealth(1_000, 100, 30, 2_000, 10, 10, 0, 0, List.of());
  private static final StreamHealth FINAL =
      new StreamHealth(1_000, 100, 30, 2_000, 12, 11, 0, 0, List.of());

  private final FakeClock clock = new FakeClock();
  private final StreamDirectory directory = new StreamDirectory(clock, KEPT, 4);

  @Test
  void resumed_beforeItsNewEpoch_isActiveWithTheTracksOfBefore() {
    start("aaaa", "one");
    begin("aaaa");
    directory.onEvent(recovering("aaaa"));
    assertThat(find("aaaa").state()).isEqualTo(StreamState.RECONNECTING);
    directory.onEvent(resumed("aaaa"));
    assertThat(find("aaaa").state()).isEqualTo(StreamState.ACTIVE);
    assertThat(find("aaaa").graceUntil()).isNull();
    assertThat(find("aaaa").tracks()).hasSize(1);
  }

  @Test
  void resumed_thatNeverHadMedia_isStillPending() {
    start("aaaa", "one");
    directory.onEvent(recovering("aaaa"));
    directory.onEvent(resumed("aaaa"));
    assertThat(find("aaaa").state()).isEqualTo(StreamState.PENDING_INGEST);
  }

  @Test
  void measured_doesNotChangeTheState() {
    start("aaaa", "one");
    begin("aaaa");
    directory.onEvent(recovering("aaaa"));
    directory.onEvent(new StreamMeasured(id("aaaa"), clock.instant(), HEALTH));
    assertThat(find("aaaa").state()).isEqualTo(StreamState.RECONNECTING);
    assertThat(find("aaaa").health()).isEqualTo(HEALTH);
  }

  @Test
  void over_showsTheFinalCounts() {
    start("aaaa", "one");
    begin("aaaa");
    directory.onEvent(new StreamMeasured(id("aaaa"), clock.instant(), HEALTH));
    start("bbbb", "two");
    directory.onEvent(new StreamError(id("bbbb"), clock.instant(), "lost", Optional.of(FINAL)));
    end("aaaa");
    assertThat(find("aaaa").health()).isEqualTo(FINAL);
    assertThat(find("bbbb").health()).isEqualTo(FINAL);
  }

  @Test
  void over_withoutFinalCounts_keepsThoseMeasuredLast() {
    start("aaaa", "one");
    directory.onEvent(new StreamMeasured(id("aaaa"), clock.instant(), HEALTH));
    directory.onEvent(
        new StreamError(id("aaaa"), clock.instant(), "packaging failed", Optional.empty()));
    assertThat(find("aaaa").health()).isEqualTo(HEALTH);
  }

  @Test
  void ladder_tellsWhatIsEncodedAndWhatWasGivenUp() {
    start("aaaa", "one");
    begin("aaaa");
    assertThat(ladder("aaaa").rungs()).isEmpty();
    RenditionId low = new RenditionId("480p");
    directory.onEvent(
        new LadderChanged(id("aaaa"), clock.instant(), false, true, List.of(low), "4:2:2 source"));
    directory.onEvent(
        new BitrateAdapted(id("aaaa"), clock.instant(), "preset-superfast", "too slow"));
    assertThat(ladder("aaaa").rungs()).containsExactly(low);
    assertThat(ladder("aaaa").sourceListed()).isFalse();
    assertThat(ladder("aaaa").step()).isEqualTo("preset-superfast");
    directory.onEvent(new RungsFailed(id("aaaa"), clock.instant(), "worker-exited", "five times"));
    directory.onEvent(
        new LadderChanged(id("aaaa"), clock.instant(), true, true, List.of(), "failed"));
    assertThat(ladder("aaaa").failure()).isEqualTo("five times");
    directory.onEvent(
        new LadderChanged(id("aaaa"), clock.instant(), true, true, List.of(low), "back again"));
    assertThat(ladder("aaaa").failure()).isNull();
  }

  @Test
  void eventsAfterTheEnd_changeNothing() {
    start("aaaa", "one");
    begin("aaaa");
    end("aaaa");
    StreamRecord ended = find("aaaa");
    directory.onEvent(new StreamError(id("aaaa"), clock.instant(), "late", Optional.empty()));
    directory.onEvent(resumed("aaaa"));
    begin("aaaa");
    start("aaaa", "one");
    assertThat(find("aaaa")).isEqualTo(ended);
  }

  @Test
  void eventsOfUnknownStreams_areIgnored() {
    begin("zzzz");
    end("zzzz");
    assertThat(directory.all()).isEmpty();
  }

  @Test
  void ended_isForgottenAfterItsTime() {
    start("aaaa", "one");
    end("aaaa");
    clock.advance(KEPT);
    assertThat(directory.find(id("aaaa"))).isPresent();
    clock.advance(Duration.ofMillis(1));
    assertThat(directory.find(id("aaaa"))).isEmpty();
    assertThat(directory.latestOf(new ChannelSlug("one"))).isEmpty();
    assertThat(directory.all()).isEmpty();
  }

  @Test
  void full_forgetsTheStreamThatEndedFirst_thenTheOldest() {
    start("aaaa", "one");
    start("bbbb", "two");
    start("cccc", "three");
    start("dddd", "four");
    end("cccc");
    clock.advance(Duration.ofSeconds(1));
    end("bbbb");
    start("eeee", "five");
    assertThat(ids()).containsExactly("eeee", "dddd", "bbbb", "aaaa");
    start("ffff", "six");
    start("gggg", "seven");
    assertThat(ids()).containsExactly("gggg", "ffff", "eeee", "dddd");
  }

  @Test
  void forgettingAnOldStream_keepsTheNewerOneOfItsChannel() {
    start("aaaa", "one");
    end("aaaa");
    start("bbbb", "one");
    start("cccc", "two");
    start("dddd", "three");
    start("eeee", "four");
    assertThat(ids()).doesNotContain("aaaa");
    assertThat(directory.latestOf(new ChannelSlug("one")).orElseThrow().id()).isEqualTo(id("bbbb"));
  }

  @Test
  void anyEvents_keepTheBoundAndTheChannelsRight() {
    Seeds.each(
        200,
        random -> {
          FakeClock time = new FakeClock();
          StreamDirectory any = new StreamDirectory(time, KEPT, 4);
          for (int i = 0; i < 100; i++) {
            int number = random.nextInt(10);
            any.onEvent(anyEvent(random.nextInt(6), "s00" + number, "c" + number % 3, time));
            time.advance(Duration.ofSeconds(random.nextInt(200)));
            List<StreamRecord> all = any.all();
            assertThat(all).hasSizeLessThanOrEqualTo(4);
            assertThat(all)
                .allMatch(record -> record.state().isOver() == (record.endedAt() != null));
            for (int c = 0; c < 3; c++) {
              ChannelSlug slug = new ChannelSlug("c" + c);
              any.latestOf(slug)
                  .ifPresent(
                      latest ->
                          assertThat(all.stream().filter(r -> r.channel().equals(slug)).findFirst())
                              .contains(latest));
            }
          }
        });
  }

  @Test
  void manyThreads_loseNothing() throws InterruptedException {
    StreamDirectory shared = new StreamDirectory(clock, KEPT, 1_000);
    List<Thread> writers = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      String prefix = "thr" + t;
      writers.add(
          Thread.ofPlatform()
              .start(
                  () ->
                      IntStream.range(0, 200)
                          .forEach(i -> shared.onEvent(started(prefix + "x" + i, "ch" + prefix)))));
    }
    for (Thread writer : writers) {
      writer.join(10_000);
    }
    assertThat(shared.all()).hasSize(800);
    assertThat(shared.latestOf(new ChannelSlug("chthr3")).orElseThrow().id())
        .isEqualTo(id("thr3x199"));
  }

  private static StreamEvent anyEvent(int kind, String name, String channel, FakeClock time) {
    StreamId stream = id(name);
    return switch (kind) {
      case 0, 1 ->
          new StreamStarted(
              stream, time.instant(), new ChannelSlug(channel), "address", "", Optional.empty());
      case 2 -> new EpochBegan(stream, time.instant(), new Epoch(0), List.of());
      case 3 -> new StreamRecovering(stream, time.instant(), "lost", time.instant());
      case 4 -> new StreamResumed(stream, time.instant(), "address", "", Optional.empty());
      default -> new StreamEnded(stream, time.instant(), "over", FINAL);
    };
  }

  private void start(String name, String channel) {
    directory.onEvent(started(name, channel));
  }

  private StreamStarted started(String name, String channel) {
    return new StreamStarted(
        id(name), clock.instant(), new ChannelSlug(channel), "address", "", Optional.empty());
  }

  private void begin(String name) {
    directory.onEvent(
        new EpochBegan(
            id(name),
            clock.instant(),
            new Epoch(0),
            List.of(new TrackDescription.Audio(TrackId.AUDIO, "mp4a.40.2", 44_100, 2))));
  }

  private void end(String name) {
    directory.onEvent(new StreamEnded(id(name), clock.instant(), "over", FINAL));
  }

  private StreamRecovering recovering(String name) {
    return new StreamRecovering(id(name), clock.instant(), "lost", clock.instant().plusSeconds(30));
  }

  private StreamResumed resumed(String name) {
    return new StreamResumed(id(name), clock.instant(), "address", "", Optional.empty());
  }

  private StreamRecord find(String name) {
    return directory.find(id(name)).orElseThrow();
  }

  private LadderRecord ladder(String name) {
    return requireNonNull(find(name).ladder());
  }

  private List<String> ids() {
    return directory.all().stream().map(record -> record.id().value()).toList();
  }

  private static StreamId id(String name) {
    return new StreamId(name);
  }
}
