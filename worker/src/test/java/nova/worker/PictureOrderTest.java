package nova.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import nova.core.Bytes;
import nova.core.TrackId;
import nova.framelog.LogEntry.LoggedFrame;
import nova.media.MediaFrame;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class PictureOrderTest {
  private final PictureOrder order = new PictureOrder();

  private static LoggedFrame frame(long dts, long pts, long segment, boolean cut) {
    return new LoggedFrame(
        new MediaFrame(TrackId.VIDEO, dts, pts, cut, Bytes.EMPTY),
        Instant.ofEpochMilli(1_000 + dts),
        Instant.ofEpochMilli(pts),
        segment,
        cut);
  }

  private void add(LoggedFrame... frames) {
    for (LoggedFrame frame : frames) {
      order.add(frame);
    }
  }

  private static FramePlacement placed(
      long dts, long pts, long arrivedWith, long segment, boolean cut) {
    return new FramePlacement(
        dts,
        pts,
        Instant.ofEpochMilli(1_000 + arrivedWith),
        Instant.ofEpochMilli(pts),
        segment,
        cut);
  }

  @Test
  void picturesOfBFrames_taken_haveTheDecodeTimesInTheOrderOfDecoding() {
    // I P b b P: decoded at 0 1 2 3 4, shown at 1 4 2 3 7
    add(frame(0, 1, 1, true), frame(1, 4, 1, false), frame(2, 2, 1, false), frame(3, 3, 1, false));

    assertThat(order.take(1)).isEqualTo(placed(0, 1, 0, 1, true));
    assertThat(order.take(2)).isEqualTo(placed(1, 2, 2, 1, false));
    assertThat(order.take(3)).isEqualTo(placed(2, 3, 3, 1, false));
    assertThat(order.take(4)).isEqualTo(placed(3, 4, 1, 1, false));
    assertThat(order.lost()).isZero();
  }

  @Test
  void cutAtAReorderedFrame_isCarriedByTheFirstPictureShownAfterIt() {
    // P(cut) b b: the b are shown before the P and belong to its segment
    add(frame(10, 13, 2, true), frame(11, 11, 2, false), frame(12, 12, 2, false));

    assertThat(order.take(11)).isEqualTo(placed(10, 11, 11, 2, true));
    assertThat(order.take(12)).isEqualTo(placed(11, 12, 12, 2, false));
    assertThat(order.take(13)).isEqualTo(placed(12, 13, 10, 2, false));
  }

  @Test
  void frameWithoutPicture_leavesWithItsPlace() {
    add(frame(0, 0, 1, true), frame(1, 1, 1, false), frame(2, 2, 1, false));

    assertThat(order.take(0)).isEqualTo(placed(0, 0, 0, 1, true));
    assertThat(order.take(2)).isEqualTo(placed(2, 2, 2, 1, false));
    assertThat(order.lost()).isEqualTo(1);
  }

  @Test
  void cutWithoutPicture_leavesItsPlaceToTheNextOfItsSegment() {
    add(frame(0, 0, 1, true), frame(1, 1, 2, true), frame(2, 2, 2, false), frame(3, 3, 2, false));

    assertThat(order.take(0)).isEqualTo(placed(0, 0, 0, 1, true));
    assertThat(order.take(2)).as("from the lost one's time on").isEqualTo(placed(1, 1, 2, 2, true));
    assertThat(order.take(3)).isEqualTo(placed(3, 3, 3, 2, false));
    assertThat(order.lost()).isEqualTo(1);
  }

  @Test
  void cutThatIsLostWithWhatRefersToIt_isStillWhereTheSegmentBegins() {
    add(frame(0, 0, 1, true), frame(1, 1, 2, true));
    for (int i = 2; i < 12; i++) {
      add(frame(i, i, 2, false));
    }

    assertThat(order.take(0)).isEqualTo(placed(0, 0, 0, 1, true));
    assertThat(order.take(11)).isEqualTo(placed(1, 1, 11, 2, true));
  }

  @Test
  void segmentWithoutAnyPicture_isLeftOut() {
    add(frame(0, 0, 1, true), frame(1, 1, 2, true), frame(2, 2, 3, true), frame(3, 3, 3, false));

    assertThat(order.take(0)).isEqualTo(placed(0, 0, 0, 1, true));
    assertThat(order.take(2)).isEqualTo(placed(2, 2, 2, 3, true));
    assertThat(order.take(3)).isEqualTo(placed(3, 3, 3, 3, false));
  }

  @Test
  void lostCut_whilePicturesOfTheSegmentBeforeAreStillToCome_waitsForItsOwn() {
    // the cut's picture never comes; the P of segment 1 is shown after where it would have been
    add(frame(0, 0, 1, true), frame(1, 5, 1, false), frame(2, 2, 2, true), frame(3, 6, 2, false));

    assertThat(order.take(0)).isEqualTo(placed(0, 0, 0, 1, true));
    assertThat(order.take(5)).isEqualTo(placed(1, 5, 1, 1, false));
    assertThat(order.take(6)).as("after the P").isEqualTo(placed(2, 6, 3, 2, true));
  }

  @Test
  void pictureOfAnUnknownTime_hasNoPlace() {
    add(frame(0, 0, 1, true), frame(1, 1, 1, false));

    assertThat(order.take(7)).isNull();
    assertThat(order.take(1)).isNotNull();
    assertThat(order.take(0)).as("shown after a later one").isNull();
  }

  @Test
  void decoderThatGivesNothing_holdsNoMoreThanTheMostThatCanBePending() {
    for (int i = 0; i < 10 * PictureOrder.MAX_PENDING; i++) {
      add(frame(i, i, 1, i == 0));
    }
    assertThat(order.lost()).isEqualTo(9 * PictureOrder.MAX_PENDING);
    order.clear();
    assertThat(order.lost()).isEqualTo(10 * PictureOrder.MAX_PENDING);
  }

  @Test
  void twoFramesOfOneTime_giveOnePlace() {
    add(frame(0, 0, 1, true), frame(1, 1, 1, false), frame(2, 1, 1, false));

    assertThat(order.take(0)).isNotNull();
    assertThat(order.take(1)).isEqualTo(placed(2, 1, 2, 1, false));
    assertThat(order.lost()).isEqualTo(1);
  }

  @Test
  void randomLosses_keepTimesRisingAndEveryCutOnceInItsSegment() {
    Seeds.each(
        300,
        random -> {
          PictureOrder some = new PictureOrder();
          List<LoggedFrame> decoded = new ArrayList<>();
          int reorder = random.nextInt(3);
          for (int i = 0; i < 60; i++) {
            int inGroup = i % (reorder + 1);
            long pts = inGroup == 0 ? i + 2L * reorder : i + reorder - 1;
            decoded.add(frame(i, pts, 1 + i / 20, i % 20 == 0));
          }
          List<FramePlacement> taken = new ArrayList<>();
          List<LoggedFrame> inDecoder = new ArrayList<>();
          for (LoggedFrame frame : decoded) {
            some.add(frame);
            if (random.nextInt(10) != 0) {
              inDecoder.add(frame);
            }
            inDecoder.sort(Comparator.comparingLong(f -> f.frame().pts()));
            if (inDecoder.size() > 6) {
              taken.add(some.take(inDecoder.removeFirst().frame().pts()));
            }
          }
          for (LoggedFrame rest : inDecoder) {
            taken.add(some.take(rest.frame().pts()));
          }
          assertThat(taken).doesNotContainNull();
          assertThat(taken).isSortedAccordingTo(Comparator.comparingLong(FramePlacement::pts));
          for (int i = 1; i < taken.size(); i++) {
            FramePlacement before = taken.get(i - 1);
            FramePlacement now = taken.get(i);
            assertThat(now.dts()).isGreaterThan(before.dts());
            assertThat(now.cut())
                .as("%s after %s", now, before)
                .isEqualTo(now.segment() != before.segment());
            if (now.cut()) {
              assertThat(now.dts()).as("begin of the segment").isEqualTo((now.segment() - 1) * 20);
            }
          }
        });
  }
}
