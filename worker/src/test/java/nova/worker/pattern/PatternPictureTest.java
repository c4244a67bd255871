package nova.worker.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import nova.framelog.pipe.PatternJob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternPictureTest {
  private static final long NOON = 1_780_056_000_000L;

  @ParameterizedTest
  @CsvSource({"1920,1080", "1280,720", "854,480", "426,240", "1024,64", "720,1280", "98,66"})
  void code_drawnOverAnother_isTheTime(int width, int height) {
    Random random = new Random(width);
    try (PatternPicture picture = new PatternPicture(new PatternJob(width, height, 30))) {
      for (int i = 0; i < 20; i++) {
        long epochMs = i % 2 == 0 ? NOON + i : random.nextLong(1L << 48);

        var _ = picture.draw(epochMs);

        assertThat(PatternCode.read(width, height, picture.canvas()::luma)).isEqualTo(epochMs);
      }
    }
  }

  @Test
  void clock_drawnOverAnother_isLegible() {
    PatternJob job = new PatternJob(1280, 720, 30);
    try (PatternPicture picture = new PatternPicture(job);
        PatternPicture fresh = new PatternPicture(job)) {
      var _ = picture.draw(NOON - 1);
      var _ = picture.draw(NOON + 12_345_678);
      var _ = fresh.draw(NOON + 12_345_678);
      Area clock = PatternLayout.of(1280, 720).clock();

      assertThat(pixels(picture, clock)).isEqualTo(pixels(fresh, clock)).contains("1");
    }
  }

  @Test
  void clock_isUtcWithMilliseconds() {
    assertThat(PatternPicture.clock(NOON + 3_723_045)).isEqualTo("13:02:03.045");
    assertThat(PatternPicture.clock(0)).isEqualTo("00:00:00.000");
  }

  @Test
  void bars_haveTheColoursOfTheRecommendation() {
    assertThat(Colour.ofRgb(0.75, 0.75, 0.75)).isEqualTo(new Colour(180, 128, 128));
    assertThat(Colour.ofRgb(0.75, 0.75, 0)).isEqualTo(new Colour(168, 44, 136));
    assertThat(Colour.ofRgb(0, 0.75, 0.75)).isEqualTo(new Colour(145, 147, 44));
    assertThat(Colour.ofRgb(0, 0.75, 0)).isEqualTo(new Colour(133, 63, 52));
    assertThat(Colour.ofRgb(0.75, 0, 0.75)).isEqualTo(new Colour(63, 193, 204));
    assertThat(Colour.ofRgb(0.75, 0, 0)).isEqualTo(new Colour(51, 109, 212));
    assertThat(Colour.ofRgb(0, 0, 0.75)).isEqualTo(new Colour(28, 212, 120));
  }

  @ParameterizedTest
  @CsvSource({"4096,64", "66,98", "1080,1920", "4096,4096", "1918,1078"})
  void layout_ofAnySize_staysInThePicture(int width, int height) {
    PatternLayout layout = PatternLayout.of(width, height);

    assertThat(layout.bars().height()).isPositive();
    assertThat(layout.backwards().y()).isEqualTo(layout.bars().bottom());
    assertThat(layout.greys().y()).isEqualTo(layout.backwards().bottom());
    assertThat(layout.lane().y()).isEqualTo(layout.greys().bottom());
    assertThat(layout.code().y()).isEqualTo(layout.lane().bottom());
    assertThat(layout.code().bottom()).isEqualTo(height);
    assertThat(layout.clock().y()).isNotNegative();
    assertThat(layout.clock().bottom()).isLessThanOrEqualTo(layout.bars().bottom());
    assertThat(layout.clockTextX()).isNotNegative();
    assertThat(layout.clockTextX() + Glyphs.width(layout.clockCharacters()) * layout.clockDot())
        .isLessThanOrEqualTo(width);
  }

  private static String pixels(PatternPicture picture, Area area) {
    StringBuilder pixels = new StringBuilder();
    for (int y = area.y(); y < area.bottom(); y++) {
      for (int x = area.x(); x < area.right(); x++) {
        pixels.append(picture.canvas().luma(x, y) > 127 ? '1' : '0');
      }
    }
    return pixels.toString();
  }
}
