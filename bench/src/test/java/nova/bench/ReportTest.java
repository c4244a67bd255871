package nova.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final MachineFacts MACHINE =
      new MachineFacts("Some processor", 2, 2048, "Linux 6.1", "Some JDK", "0.10");

  @Test
  void render_ofFigures_tellsBudgetAndVerdictOfEach() {
    Report report = new Report();
    report.add(
        new NamedBench("publishers"),
        List.of(
            Figure.ratio("CPU, Nova to nginx", 0.6, 0.4, 1.5),
            Figure.limited("memory", 310, 300, "MiB"),
            Figure.fact("bitrate", "3.00 Mbit/s")));
    assertThat(report.render(MACHINE).lines())
        .anyMatch(line -> line.matches("  CPU, Nova to nginx +1\\.50x +<= 1\\.50x +ok"))
        .anyMatch(line -> line.matches("  memory +310 MiB +<= 300 MiB +OVER"))
        .anyMatch(line -> line.matches("  bitrate +3\\.00 Mbit/s"))
        .last()
        .isEqualTo("1 over budget");
  }

  private record NamedBench(String name) implements Bench {
    @Override
    public String load() {
      return "a load";
    }

    @Override
    public List<Figure> run() {
      return List.of();
    }
  }
}
