package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nova.core.Bytes;
import nova.core.Timescale;
import nova.framelog.pipe.Rung;
import nova.media.TrackFormat.PixelAspectRatio;
import nova.media.TrackFormat.VideoCodec;
import nova.media.TrackFormat.VideoFormat;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;

class BitrateRaiseTest {
  private static final VideoFormat HD =
      new VideoFormat(
          VideoCodec.AVC,
          Timescale.VIDEO,
          "avc1.64001f",
          1280,
          720,
          PixelAspectRatio.SQUARE,
          30,
          Bytes.EMPTY);

  private final FakeClock clock = new FakeClock();

  /// Of a source that was planned with a bitrate.
  private static BitrateRaise raise(long kbps) {
    LadderSource source = new LadderSource(HD, null, 30, kbps * 1_000, 2_000);
    LadderConfig config = LadderConfig.defaults();
    List<LadderStep> steps = ScriptedPorts.USUAL;
    return new BitrateRaise(
        source, steps, LadderPlanner.plan(source, steps, config).rungs(), config);
  }

  /// Measures once a second.
  ///
  /// @return what the rungs have after so many seconds
  private Optional<List<Rung>> after(int seconds, BitrateRaise raise, long kbps) {
    Optional<List<Rung>> raised = Optional.empty();
    for (int second = 0; second < seconds; second++) {
      assertThat(raised).as("after %d s", second).isEmpty();
      clock.advance(Duration.ofSeconds(1));
      raised = raise.raised(kbps * 1_000, clock.nanoTime());
    }
    return raised;
  }

  @Test
  void sourceThatHasMuchMoreForTenSeconds_getsDearerRungs() {
    assertThat(after(11, raise(200), 4_000))
        .hasValueSatisfying(
            rungs ->
                assertThat(rungs)
                    .extracting(rung -> rung.rendition() + " " + rung.bitrateBps())
                    .containsExactly("480p 1500000"));
  }

  @Test
  void unsteadySource_getsWhatItHadAtLeast_andNeverOtherRungs() {
    BitrateRaise raise = raise(200);
    assertThat(after(9, raise, 1_200)).isEmpty();
    assertThat(after(1, raise, 800)).isEmpty();
    assertThat(after(1, raise, 30_000)) // too much for the web: others would be planned
        .hasValueSatisfying(
            rungs ->
                assertThat(rungs)
                    .extracting(rung -> rung.rendition() + " " + rung.bitrateBps())
                    .containsExactly("480p 600000"));
  }

  @Test
  void sourceThatHadTooLittleForAnyRung_getsThem() {
    assertThat(after(11, raise(20), 4_000))
        .hasValueSatisfying(rungs -> assertThat(rungs).hasSize(1));
  }

  @Test
  void peak_isNotEnough() {
    BitrateRaise raise = raise(200);
    for (int i = 0; i < 20; i++) {
      assertThat(after(9, raise, 4_000)).isEmpty();
      assertThat(after(1, raise, 220)).isEmpty();
    }
  }

  @Test
  void littleMore_less_andNothingMeasured_changeNothing() {
    assertThat(after(60, raise(2_000), 2_400)).isEmpty();
    assertThat(after(60, raise(4_000), 200)).isEmpty();
    assertThat(after(60, raise(200), 0)).isEmpty();
  }
}
