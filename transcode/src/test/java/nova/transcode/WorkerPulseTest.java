package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WorkerPulseTest {
  private final WorkerPulse pulse = new WorkerPulse(Long.MAX_VALUE - 10); // a clock about to wrap

  private static long at(long time) {
    return Long.MAX_VALUE - 10 + time;
  }

  private void give(boolean last, long time) {
    pulse.giving(last, at(time));
    pulse.gave();
  }

  @Test
  void workerThatGotNothing_owesNothing() {
    assertThat(pulse.owesSince()).isEmpty();
  }

  @Test
  void workerThatAnswers_owesNothing_howeverLongTheSourcePauses() {
    give(false, 1);
    pulse.heard(at(2));
    assertThat(pulse.owesSince()).isEmpty();
    give(false, 50);
    assertThat(pulse.owesSince()).as("from when it was given something").hasValue(at(50));
  }

  @Test
  void workerThatIsSilent_owesSinceTheFirstThatIsUnanswered() {
    give(false, 1);
    pulse.heard(at(2));
    give(false, 3);
    give(false, 20);
    give(false, 40);
    assertThat(pulse.owesSince()).hasValue(at(3));
    pulse.heard(at(41));
    assertThat(pulse.owesSince()).isEmpty();
  }

  @Test
  void workerThatDoesNotTakeMore_owesSinceItWasLastHeard() {
    give(false, 1);
    pulse.giving(false, at(2));
    pulse.heard(at(5));
    assertThat(pulse.owesSince()).hasValue(at(5));
  }

  @Test
  void workerThatGotTheEnd_owesItsOwn() {
    give(true, 1);
    pulse.heard(at(5));
    assertThat(pulse.owesSince()).hasValue(at(5));
  }
}
