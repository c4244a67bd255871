package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import nova.core.RenditionId;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LadderAnnouncerTest {
  private static final List<RenditionId> RUNGS = List.of(new RenditionId("480p"));

  @TempDir private Path directory;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private LadderAnnouncer announcer;

  @BeforeEach
  void open() {
    TranscodePorts ports =
        ScriptedPorts.in(directory).with(new WorkerProgram.Command(List.of("none")));
    var _ =
        ports
            .events()
            .subscribe(
                event -> {
                  if (event instanceof LadderChanged changed) {
                    said.add(changed.rungs().size() + " " + changed.reason());
                  }
                });
    announcer = new LadderAnnouncer(new StreamId("stream1"), ports);
  }

  @Test
  void ladder_isSaidWhenItIsAnother() {
    announcer.announce(true, true, RUNGS, "so");
    announcer.announce(true, true, RUNGS, "so");
    announcer.sourceOnly("enough");
    assertThat(said).containsExactly("1 so", "0 enough");
  }

  @Test
  void remark_isSaidOnce_staysWithWhatFollows_andIsTakenBack() {
    announcer.remark("; too soon");
    announcer.announce(true, true, RUNGS, "so");
    announcer.remark("; but");
    announcer.remark("; but");
    announcer.announce(true, true, List.of(), "less");
    announcer.remark("");
    assertThat(said).containsExactly("1 so", "1 so; but", "0 less; but", "0 less");
  }

  @Test
  void ladderThatIsForgotten_isSaidAgain_withoutItsRemark() {
    announcer.announce(true, true, RUNGS, "so");
    announcer.remark("; but");
    announcer.forget();
    announcer.announce(true, true, RUNGS, "so");
    assertThat(said).containsExactly("1 so", "1 so; but", "1 so");
  }
}
