package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.core.StreamId;
import nova.transcode.TranscodeBudget.Refusal;
import org.junit.jupiter.api.Test;

class TranscodeBudgetTest {
  private static final StreamId FIRST = new StreamId("first");
  private static final StreamId SECOND = new StreamId("second");
  private static final StreamId THIRD = new StreamId("third");

  private final TranscodeBudget budget = new TranscodeBudget(100_000_000);
  private final List<StreamId> told = new ArrayList<>();

  private Optional<String> take(StreamId stream, long megapixels) {
    return budget
        .take(stream, megapixels * 1_000_000, () -> told.add(stream))
        .map(Refusal::sentence);
  }

  @Test
  void streamBeyondTheBudget_isRefusedWithTheFigures() {
    assertThat(take(FIRST, 60)).isEmpty();
    assertThat(take(SECOND, 41))
        .contains("60 megapixels per second of a budget of 100 are taken, and it needs 41");
    assertThat(take(THIRD, 40)).contains("other streams wait for their turn to be encoded");
    assertThat(budget.streams()).isEqualTo(1);
  }

  @Test
  void onlyStream_mayExceedTheBudget() {
    assertThat(take(FIRST, 500)).isEmpty();
    assertThat(take(SECOND, 1)).isPresent();
  }

  @Test
  void streamsThatWait_areToldInTheirOrder() {
    assertThat(take(FIRST, 100)).isEmpty();
    assertThat(take(SECOND, 50)).isPresent();
    assertThat(take(THIRD, 50)).isPresent();
    budget.giveBack(FIRST);
    assertThat(told).containsExactly(SECOND);
    assertThat(take(SECOND, 50)).isEmpty();
    assertThat(told).containsExactly(SECOND, THIRD);
    assertThat(take(THIRD, 50)).isEmpty();
  }

  @Test
  void streamThatEndsWhileItWaits_letsOthersPass() {
    assertThat(take(FIRST, 60)).isEmpty();
    assertThat(take(SECOND, 80)).isPresent();
    assertThat(take(THIRD, 40)).isPresent();
    budget.giveBack(SECOND);
    assertThat(told).containsExactly(THIRD);
    assertThat(take(THIRD, 40)).isEmpty();
  }

  @Test
  void streamThatSuffers_keepsOthersOut_untilItRecoversOrEnds() {
    assertThat(take(FIRST, 10)).isEmpty();
    budget.overloaded(FIRST, true);
    assertThat(take(SECOND, 10)).contains("encoding does not keep up with the streams it has");
    budget.overloaded(FIRST, false);
    assertThat(told).containsExactly(SECOND);
    assertThat(take(SECOND, 10)).isEmpty();
    budget.overloaded(SECOND, true);
    assertThat(take(THIRD, 10)).isPresent();
    budget.giveBack(SECOND);
    assertThat(take(THIRD, 10)).isEmpty();
  }

  @Test
  void streamThatIsEncoded_staysSo_whenAnotherSuffers() {
    assertThat(take(FIRST, 40)).isEmpty();
    assertThat(take(SECOND, 40)).isEmpty();
    budget.overloaded(SECOND, true);
    assertThat(take(FIRST, 40)).as("its format changed").isEmpty();
    assertThat(take(FIRST, 41)).contains("encoding does not keep up with the streams it has");
  }

  @Test
  void streamThatHasAPart_changesItBeforeThoseThatWait() {
    assertThat(take(FIRST, 60)).isEmpty();
    assertThat(take(SECOND, 60)).isPresent();
    assertThat(take(FIRST, 90)).isEmpty();
    assertThat(budget.streams()).isEqualTo(1);
  }

  @Test
  void streamThatLosesItsPartByAskingForMore_leavesItToThoseThatWait() {
    assertThat(take(FIRST, 40)).isEmpty();
    assertThat(take(SECOND, 50)).isEmpty();
    assertThat(take(THIRD, 30)).isPresent();
    assertThat(take(FIRST, 200)).isPresent();
    assertThat(told).containsExactly(THIRD);
    assertThat(take(THIRD, 30)).isEmpty();
  }
}
