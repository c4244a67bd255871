package nova.transcode;

import static nova.transcode.TranscodedStreams.AAC;
import static nova.transcode.TranscodedStreams.LOW;
import static nova.transcode.TranscodedStreams.OTHER;
import static nova.transcode.TranscodedStreams.STREAM;
import static nova.transcode.TranscodedStreams.epochs;
import static nova.transcode.TranscodedStreams.formats;
import static nova.transcode.TranscodedStreams.heAac;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.StreamLogWriter;
import nova.media.TrackFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sound that not every player takes, as a part of the ladder.
class TranscodedSoundTest {
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
  void soundThatNotEveryPlayerTakes_isEncodedBesideTheRungs() throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, heAac(formats(1280, 720)));

    LadderChanged ladder = streams.await(LadderChanged.class);
    assertThat(ladder.rungs()).containsExactly(LOW, AAC);
    assertThat(ladder.sourceListed()).isTrue();
    assertThat(ladder.audioListed()).isFalse();
    assertThat(ladder.reason())
        .isEqualTo(
            "the source is its own top rung; its sound is encoded, because not every player"
                + " takes mp4a.40.5");
    RungStarted picture = streams.await(RungStarted.class);
    RungStarted sound = streams.await(RungStarted.class);
    assertThat(sound.rendition()).isEqualTo(AAC);
    streams.awaitEntries(sound);
    streams.epoch(STREAM, writer, formats(1280, 720), 10); // AAC-LC, which passes through
    streams.measure(STREAM);
    assertThat(epochs(streams.log(sound))).containsExactly(0);
    assertThat(streams.log(picture).stream().filter(LoggedFrame.class::isInstance))
        .allMatch(e -> ((LoggedFrame) e).frame().track().equals(TrackId.VIDEO));
    LadderChanged after = streams.await(LadderChanged.class);
    assertThat(after.rungs()).containsExactly(LOW);
    assertThat(after.audioListed()).isTrue();
    streams.end(STREAM, writer);
  }

  @Test
  void soundAlone_isEncoded_whetherTheSourceIsTooSmallForRungsOrHasNoVideo() throws Exception {
    for (boolean video : new boolean[] {true, false}) {
      StreamId stream = video ? STREAM : OTHER;
      StreamLogWriter writer = streams.begin(stream);
      Map<TrackId, TrackFormat> formats = heAac(formats(320, 180));
      if (!video) {
        TrackFormat _ = formats.remove(TrackId.VIDEO);
      }
      streams.epoch(stream, writer, formats, 0);
      streams
          .ports()
          .events()
          .publish(
              new StreamMeasured(
                  stream,
                  Instant.EPOCH,
                  new StreamHealth(200_000, 64_000, 30, 2_000, 0, 0, 0, 0, List.of())));
      LadderChanged ladder = streams.await(LadderChanged.class);
      assertThat(ladder.rungs()).containsExactly(AAC);
      assertThat(ladder.sourceListed()).isTrue();
      assertThat(ladder.audioListed()).isFalse();
      RungStarted sound = streams.await(RungStarted.class);
      streams.end(stream, writer);
      assertThat(streams.log(sound).stream().filter(LoggedFrame.class::isInstance))
          .isNotEmpty()
          .allMatch(e -> ((LoggedFrame) e).frame().track().equals(TrackId.AUDIO));
    }
  }

  @Test
  void soundThatCannotBeEncoded_isSaidToGoOnAsItCame() throws Exception {
    streams.restart(TranscodeConfig.defaults(), new WorkerProgram.Missing("no glibc"));
    StreamLogWriter writer = streams.broadcast(STREAM, heAac(formats(1280, 720)));
    LadderChanged ladder = streams.await(LadderChanged.class);
    assertThat(ladder.audioListed()).isTrue();
    assertThat(ladder.reason())
        .isEqualTo(
            "nothing can be encoded: no glibc; sound goes on as it came, as mp4a.40.5, which not"
                + " every player takes");
    streams.end(STREAM, writer);
  }
}
