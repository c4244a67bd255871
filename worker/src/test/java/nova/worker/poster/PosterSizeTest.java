package nova.worker.poster;

import static org.assertj.core.api.Assertions.assertThat;

import nova.media.TrackFormat.PixelAspectRatio;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PosterSizeTest {
  @ParameterizedTest
  @CsvSource({
    "1920, 1080, 1, 1, 1280, 720",
    "3840, 2160, 1, 1, 1280, 720",
    "1280, 720, 1, 1, 1280, 720",
    "640, 360, 1, 1, 640, 360",
    "1080, 1920, 1, 1, 406, 720",
    "720, 576, 16, 11, 1048, 576",
    "1440, 1080, 4, 3, 1280, 720",
    "720, 480, 8, 9, 640, 480",
    "641, 361, 1, 1, 642, 362",
    "16, 16384, 1, 1, 2, 720",
    "16384, 16, 1, 1, 1280, 2",
    "720, 576, 2147483647, 1, 1280, 2",
    "720, 576, 1, 2147483647, 2, 576",
  })
  void picture_isShownInSquarePixels_withinTheLargestPoster(
      int width, int height, int horizontal, int vertical, int posterWidth, int posterHeight) {
    assertThat(PosterSize.of(width, height, new PixelAspectRatio(horizontal, vertical)))
        .isEqualTo(new PosterSize(posterWidth, posterHeight));
  }
}
