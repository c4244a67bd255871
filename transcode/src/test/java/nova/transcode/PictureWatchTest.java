package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import nova.framelog.pipe.WorkerProgress;
import org.junit.jupiter.api.Test;

class PictureWatchTest {
  private final PictureWatch watch = new PictureWatch();

  private boolean noticed(long pictures, long dropped) {
    return watch.noticed(new WorkerProgress(pictures, dropped, 0, 0, 0, 4));
  }

  @Test
  void framesWithoutPictures_areNoticedOnce_untilPicturesComeAgain() {
    assertThat(noticed(30, 0)).isFalse();
    for (int second = 1; second < 5; second++) {
      assertThat(noticed(30, second * 30L)).isFalse();
    }
    assertThat(noticed(30, 150)).isTrue();
    assertThat(noticed(30, 180)).as("said already").isFalse();
    assertThat(noticed(31, 180)).isFalse();
    for (int second = 1; second < 5; second++) {
      assertThat(noticed(31, 180 + second * 30L)).isFalse();
    }
    assertThat(noticed(31, 330)).isTrue();
  }

  @Test
  void somePicturesAmongDamage_areEnough() {
    for (int second = 1; second < 20; second++) {
      assertThat(noticed(second, second * 29L)).isFalse();
    }
  }

  @Test
  void sourceThatPauses_isNotMeant() {
    for (int second = 1; second < 20; second++) {
      assertThat(noticed(30, 0)).isFalse();
    }
  }
}
