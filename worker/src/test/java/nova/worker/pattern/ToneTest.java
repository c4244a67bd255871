package nova.worker.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ToneTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1_780_000_000);

  @Test
  void beep_beginsWithTheSecond_andIsLouderThanTheHum() {
    assertThat(loudest(-100, 0)).isLessThan(0.05);
    assertThat(loudest(0, 10)).isGreaterThan(0.24);
    assertThat(loudest(90, 100)).isGreaterThan(0.2);
    assertThat(loudest(101, 900)).isLessThan(0.05);
  }

  @Test
  void frequencies_areThoseOfTheDescription() {
    assertThat(crossings(10, 90)).isEqualTo(2 * 80);
    assertThat(crossings(200, 700)).isEqualTo(2 * 220);
  }

  @Test
  void wave_hasNoJumps() {
    for (long us = -2_000_000; us < 2_000_000; us += 20) {
      float step = Tone.at(SECOND + (us + 20) * 1_000) - Tone.at(SECOND + us * 1_000);
      assertThat(Math.abs(step)).as("at %d us", us).isLessThan(0.035f);
    }
  }

  private static double loudest(int fromMs, int toMs) {
    double loudest = 0;
    for (long us = fromMs * 1_000L; us < toMs * 1_000L; us += 20) {
      loudest = Math.max(loudest, Math.abs(Tone.at(SECOND + us * 1_000)));
    }
    return loudest;
  }

  private static int crossings(int fromMs, int toMs) {
    int crossings = 0;
    for (long us = fromMs * 1_000L; us < toMs * 1_000L; us += 10) {
      boolean before = Tone.at(SECOND + us * 1_000 + 5_000) > 0;
      boolean after = Tone.at(SECOND + us * 1_000 + 15_000) > 0;
      crossings += before == after ? 0 : 1;
    }
    return crossings;
  }
}
