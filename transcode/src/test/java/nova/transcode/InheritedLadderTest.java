package nova.transcode;

import static nova.transcode.TranscodedStreams.AAC;
import static nova.transcode.TranscodedStreams.LOW;
import static nova.transcode.TranscodedStreams.STREAM;
import static nova.transcode.TranscodedStreams.epochs;
import static nova.transcode.TranscodedStreams.formats;
import static nova.transcode.TranscodedStreams.heAac;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamEvent.StreamStarted;
import nova.core.TrackId;
import nova.framelog.FrameLogReader;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogPosition;
import nova.framelog.RungEnd;
import nova.framelog.RungRun;
import nova.framelog.StreamLogWriter;
import nova.transcode.ScriptedWorker.Script;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A transcoder that goes on with what another one encoded, and one that lets go of it.
class InheritedLadderTest {
  private static final RenditionId HIGH = new RenditionId("720p");

  @TempDir private Path directory;
  private TranscodedStreams streams;

  @BeforeEach
  void open() {
    streams = new TranscodedStreams(ScriptedPorts.in(directory));
  }

  @AfterEach
  void close() {
    streams.close();
  }

  @Test
  void ladderOfAnotherProcess_isGoneOnWith_withoutMeasuring_behindWhatWasPublished()
      throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1920, 1080));
    LadderChanged before = streams.await(LadderChanged.class);
    streams.awaitEntries(streams.await(RungStarted.class));
    streams.awaitEntries(streams.await(RungStarted.class));
    streams.transcoder().release(STREAM);
    long high = dts(2, 20);
    long low = dts(3, 7);
    leave(end(HIGH, 0, 2, high), end(LOW, 0, 3, low));
    streams.ports().ladder().set(List.of()); // what is planned from by now

    take();

    LadderChanged ladder = streams.await(LadderChanged.class);
    assertThat(ladder.rungs()).isEqualTo(before.rungs()).containsExactly(HIGH, LOW);
    assertThat(ladder.reason()).isEqualTo(before.reason());
    assertThat(ladder.sourceListed()).isEqualTo(before.sourceListed());
    RungStarted first = streams.await(RungStarted.class);
    RungStarted second = streams.await(RungStarted.class);
    streams.end(STREAM, writer);
    assertBeginsAt(streams.log(first), high, 2);
    assertBeginsAt(streams.log(second), low, 3);
  }

  @Test
  void soundOfAnotherProcess_isGoneOnWith_onItsGrid() throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, heAac(formats(1280, 720)));
    streams.awaitEntries(streams.await(RungStarted.class));
    streams.awaitEntries(streams.await(RungStarted.class));
    streams.transcoder().release(STREAM);
    long end = 100 * 1024;
    leave(end(LOW, 0, 2, dts(2, 3)), end(AAC, 0, 1, end));

    take();

    RungStarted low = streams.await(RungStarted.class);
    RungStarted sound = streams.await(RungStarted.class);
    assertThat(low.rendition()).isEqualTo(LOW);
    assertThat(sound.rendition()).isEqualTo(AAC);
    streams.end(STREAM, writer);
    assertBeginsAt(streams.log(sound), end, 2);
  }

  @Test
  void rungThatCannotBeGoneOnWith_beginsAnew() throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));
    streams.awaitEntries(streams.await(RungStarted.class));
    streams.transcoder().release(STREAM);
    leave();

    take();

    RungStarted low = streams.await(RungStarted.class);
    streams.end(STREAM, writer);
    LoggedFrame first = frames(streams.log(low)).getFirst();
    assertThat(first.cut()).isTrue();
    assertThat(first.segment()).as("at the latest keyframe").isEqualTo(4);
  }

  @Test
  void rungThatIsTooFarBehind_beginsAnew_andOthersAreGoneOnWith() throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1920, 1080));
    streams.awaitEntries(streams.await(RungStarted.class));
    streams.awaitEntries(streams.await(RungStarted.class));
    streams.transcoder().release(STREAM);
    long high = dts(3, 20);
    long low = dts(2, 7);
    Instant newest = newest();
    leave(
        new RungEnd(HIGH, new Epoch(0), 3, high, newest),
        new RungEnd(LOW, new Epoch(0), 2, low, newest.minusMillis(1)));

    take();

    RungStarted first = streams.await(RungStarted.class);
    RungStarted second = streams.await(RungStarted.class);
    streams.end(STREAM, writer);
    assertBeginsAt(streams.log(first), high, 3);
    assertThat(second.rendition()).isEqualTo(LOW);
    LoggedFrame begin = frames(streams.log(second)).getFirst();
    assertThat(begin.cut()).isTrue();
    assertThat(begin.segment()).as("where the other goes on").isEqualTo(3);
  }

  @Test
  void streamOnAir_whoseLadderIsNotKnown_isMeasured_althoughItsEpochHasBegun() throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));
    streams.awaitEntries(streams.await(RungStarted.class));
    streams.transcoder().release(STREAM);
    long low = dts(2, 20);
    leave(end(LOW, 0, 2, low));
    streams.ports().kept().remove(STREAM);

    take();
    streams.measure(STREAM);

    RungStarted started = streams.await(RungStarted.class);
    streams.end(STREAM, writer);
    assertBeginsAt(streams.log(started), low, 2);
  }

  @Test
  void rungsThatAreAnEpochBehind_endItFirst() throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));
    streams.awaitEntries(streams.await(RungStarted.class));
    streams.transcoder().release(STREAM);
    streams.epoch(STREAM, writer, formats(1280, 720), 10);
    long low = dts(3, 7);
    leave(end(LOW, 0, 3, low));

    take();

    RungStarted started = streams.await(RungStarted.class);
    streams.end(STREAM, writer);
    List<LogEntry> log = streams.log(started);
    assertBeginsAt(log, low, 3);
    assertThat(epochs(log)).containsExactly(0, 1);
  }

  @Test
  void sourceThatHasChangedItsFormatMeanwhile_getsAnotherLadder_afterTheOldOneIsEncoded()
      throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));
    streams.awaitEntries(streams.await(RungStarted.class));
    streams.transcoder().release(STREAM);
    streams.epoch(STREAM, writer, formats(1920, 1080), 10);
    long low = dts(3, 7);
    leave(end(LOW, 0, 3, low));

    take();

    RungStarted old = streams.await(RungStarted.class);
    List<LogEntry> log = streams.log(old);
    assertBeginsAt(log, low, 3);
    assertThat(epochs(log)).containsExactly(0);
    streams.measure(STREAM);
    assertThat(streams.await(RungStarted.class).rendition()).isEqualTo(HIGH);
    streams.end(STREAM, writer);
  }

  @Test
  void releasedStream_saysNothingOfAnEnd_andKeepsItsLadder() throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));
    RungStarted started = streams.await(RungStarted.class);
    streams.awaitEntries(started);
    RungRun run = new RungRun(STREAM, started.rendition(), started.run());
    try (FrameLogReader reader = streams.ports().rungs().openReader(run, LogPosition.EARLIEST)) {
      streams.transcoder().release(STREAM);

      assertThat(streams.transcoder().streams()).isZero();
      assertThat(reader.read(Duration.ZERO)).noneMatch(StreamClosed.class::isInstance);
      assertThat(reader.ended()).isTrue();
    }
    assertThat(streams.hasSaid(LadderChanged.class)).isFalse();
    assertThat(streams.ports().kept().find(STREAM)).isPresent();
    assertThat(streams.ports().rungs().sizeBytes()).isZero();
    streams.end(STREAM, writer);
  }

  @Test
  void ladderOfAStreamThatEnds_isForgotten() throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));
    RungStarted started = streams.await(RungStarted.class);
    streams.awaitEntries(started);
    assertThat(streams.ports().kept().find(STREAM)).isPresent();
    streams.end(STREAM, writer);
    while (streams.transcoder().streams() > 0) {
      Thread.onSpinWait();
    }

    assertThat(streams.ports().kept().find(STREAM)).isEmpty();
  }

  @Test
  void newStream_isNotGoneOnWith_andWaitsForItsEpoch() throws Exception {
    streams.restart(TranscodeConfig.defaults(), Script.ALL_WELL);
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));

    assertThat(frames(streams, streams.await(RungStarted.class), writer).getFirst().cut()).isTrue();
  }

  @Test
  void streamOnAir_thatNobodyPackagedBefore_isMeasured_althoughItsEpochHasBegun() throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));
    streams.awaitEntries(streams.await(RungStarted.class));
    streams.transcoder().release(STREAM);
    streams.ports().kept().remove(STREAM);

    take();
    streams.measure(STREAM);

    RungStarted started = streams.await(RungStarted.class);
    assertThat(started.rendition()).isEqualTo(LOW);
    streams.end(STREAM, writer);
  }

  private static List<LoggedFrame> frames(
      TranscodedStreams streams, RungStarted started, StreamLogWriter writer) throws Exception {
    streams.end(STREAM, writer);
    return frames(streams.log(started));
  }

  private static RungEnd end(RenditionId rendition, int epoch, long segment, long end) {
    return new RungEnd(rendition, new Epoch(epoch), segment, end, Instant.MAX);
  }

  /// Says what another process left.
  private void leave(RungEnd... ends) {
    streams.ports().published().set(Optional.of(List.of(ends)));
  }

  /// The stream is now encoded here.
  private void take() {
    streams
        .ports()
        .events()
        .publish(
            new StreamStarted(
                STREAM, Instant.EPOCH, new ChannelSlug("live"), "127.0.0.1", "", Optional.empty()));
  }

  /// When the newest frame of the source was captured, by its own clock.
  private Instant newest() throws Exception {
    try (FrameLogReader reader =
        streams.ports().source().openReader(STREAM, LogPosition.EARLIEST)) {
      return frames(reader.read(Duration.ofSeconds(1))).getLast().wallClock();
    }
  }

  /// The decode time of the n-th picture of a segment.
  private long dts(long segment, int picture) throws Exception {
    try (FrameLogReader reader =
        streams.ports().source().openReader(STREAM, LogPosition.EARLIEST)) {
      OptionalLong dts =
          reader.read(Duration.ofSeconds(1)).stream()
              .filter(LoggedFrame.class::isInstance)
              .map(LoggedFrame.class::cast)
              .filter(f -> f.frame().track().equals(TrackId.VIDEO) && f.segment() == segment)
              .mapToLong(f -> f.frame().dts())
              .skip(picture)
              .findFirst();
      return dts.orElseThrow();
    }
  }

  private static List<LoggedFrame> frames(List<LogEntry> log) {
    return log.stream().filter(LoggedFrame.class::isInstance).map(LoggedFrame.class::cast).toList();
  }

  private static void assertBeginsAt(List<LogEntry> log, long dts, long segment) {
    LoggedFrame first = frames(log).getFirst();
    assertThat(first.frame().dts()).isEqualTo(dts);
    assertThat(first.segment()).isEqualTo(segment);
  }
}
