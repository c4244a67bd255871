package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import nova.framelog.pipe.WorkerProgress;
import org.junit.jupiter.api.Test;

class PictureWatchTest {
  private final PictureWatch watch = new PictureWatch();

  private boolean isBlank(long pictures, long dropped) {
    return watch.isBlank(new WorkerProgress(pictures, dropped, 0, 0, 0, 4));
  }

  @Test
  void framesWithoutPictures_areNoticed_untilPicturesComeAgain() {
    assertThat(isBlank(30, 0)).isFalse();
    for (int second = 1; second < 5; second++) {
      assertThat(isBlank(30, second * 30L)).isFalse();
    }
    assertThat(isBlank(30, 150)).isTrue();
    assertThat(isBlank(30, 180)).isTrue();
    assertThat(isBlank(31, 180)).isFalse();
    for (int second = 1; second < 5; second++) {
      assertThat(isBlank(31, 180 + second * 30L)).isFalse();
    }
    assertThat(isBlank(31, 330)).isTrue();
  }

  @Test
  void somePicturesAmongDamage_areEnough() {
    for (int second = 1; second < 20; second++) {
      assertThat(isBlank(second, second * 29L)).isFalse();
    }
  }

  @Test
  void sourceThatPauses_isNotMeant() {
    for (int second = 1; second < 20; second++) {
      assertThat(isBlank(30, 0)).isFalse();
    }
  }
}
