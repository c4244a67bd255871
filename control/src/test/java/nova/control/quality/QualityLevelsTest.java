package nova.control.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import nova.control.audit.Actor;
import nova.control.audit.AuditEntry;
import nova.control.audit.AuditFilter;
import nova.control.audit.AuditLog;
import nova.control.database.ConflictException;
import nova.control.database.TestDatabase;
import nova.control.error.ConflictingException;
import nova.control.error.InvalidFieldException;
import nova.control.error.StaleException;
import nova.control.error.UnknownException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QualityLevelsTest {
  private static final Instant NOW = Instant.parse("2099-11-22T16:00:00Z");
  private static final Actor ACTOR = new Actor(Actor.Kind.TOKEN, "id", "label", "::1");

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final QualityLevelRepository repository = new QualityLevelRepository();
  private final AuditLog audit = new AuditLog(DATABASE.database());
  private final CurrentLevels current =
      CurrentLevels.start(
          DATABASE.database(), repository, Thread.ofVirtual().factory(), Duration.ofHours(1));
  private final QualityLevels levels =
      new QualityLevels(DATABASE.database(), repository, audit, current, () -> NOW);

  @BeforeEach
  void empty() {
    DATABASE.useTransaction(handle -> handle.execute("DELETE FROM quality_levels"));
    DATABASE.useTransaction(handle -> handle.execute("TRUNCATE audit"));
    current.refresh();
  }

  @AfterEach
  void close() {
    current.close();
  }

  private List<String> enabled() {
    return current.enabled().stream().map(QualityLevel::name).toList();
  }

  private List<AuditEntry> audited() {
    return audit.list(AuditFilter.ALL, OptionalLong.empty(), 10);
  }

  @Test
  void levels_areListedLargestFirst_andFoundByTheirNames() {
    QualityLevel low = levels.create(360, 800_000, 30, true, ACTOR);
    QualityLevel high = levels.create(1440, 9_000_000, 60, false, ACTOR);

    assertThat(levels.list()).containsExactly(high, low);
    assertThat(levels.find("360p")).isEqualTo(low);
    assertThat(enabled()).containsExactly("360p");
    assertThatThrownBy(() -> levels.find("361p"))
        .isInstanceOf(UnknownException.class)
        .hasMessage("There is no quality level '361p'.");
  }

  @Test
  void change_isThereAtOnce_withItsVersionAndWhoDidIt() {
    QualityLevel _ = levels.create(720, 3_000_000, 60, true, ACTOR);
    QualityLevelChange off =
        new QualityLevelChange(Optional.of(2_500_000L), Optional.empty(), Optional.of(false));

    QualityLevel changed = levels.update("720p", off, Optional.of(1L), ACTOR);
    QualityLevel same = levels.update("720p", off, Optional.of(2L), ACTOR);

    assertThat(changed)
        .isEqualTo(new QualityLevel(720, 2_500_000, 60, false, 2, NOW, NOW))
        .isEqualTo(levels.find("720p"))
        .isEqualTo(same);
    assertThat(enabled()).isEmpty();
    assertThat(audited())
        .extracting(AuditEntry::action)
        .containsExactly("quality-level-updated", "quality-level-created");
    AuditEntry latest = audited().getFirst();
    assertThat(latest.actor()).isEqualTo(ACTOR);
    assertThat(latest.subject()).isEqualTo(new AuditEntry.Subject("quality-level", "720p"));
    assertThat(latest.details())
        .isEqualTo(Map.of("videoBitrateBps", 2_500_000, "maxFrameRate", 60, "enabled", false));
  }

  @Test
  void changeOfAnOldVersion_isRefused_andChangesNothing() {
    QualityLevel level = levels.create(720, 3_000_000, 60, true, ACTOR);
    QualityLevelChange off =
        new QualityLevelChange(Optional.empty(), Optional.empty(), Optional.of(false));

    assertThatThrownBy(() -> levels.update("720p", off, Optional.of(7L), ACTOR))
        .isInstanceOf(StaleException.class);
    assertThatThrownBy(() -> levels.delete("720p", Optional.of(7L), ACTOR))
        .isInstanceOf(StaleException.class);

    assertThat(levels.list()).containsExactly(level);
    assertThat(audited()).hasSize(1);
  }

  @Test
  void deletedLevel_isGone_andMayBeMadeAgain() {
    QualityLevel _ = levels.create(720, 3_000_000, 60, true, ACTOR);
    levels.delete("720p", Optional.empty(), ACTOR);
    assertThat(enabled()).isEmpty();
    assertThatThrownBy(() -> levels.delete("720p", Optional.empty(), ACTOR))
        .isInstanceOf(UnknownException.class);
    assertThat(levels.create(720, 2_000_000, 30, true, ACTOR).version()).isEqualTo(1);
    assertThat(audited().get(1).action()).isEqualTo("quality-level-deleted");
  }

  @Test
  void levelThatExists_andOneTooMany_areRefusedInASentence() {
    for (int level = 0; level < QualityLevels.MAX_LEVELS; level++) {
      QualityLevel _ = levels.create(144 + 100 * level, 1_000_000, 30, true, ACTOR);
    }
    assertThatThrownBy(() -> levels.create(144, 1_000_000, 30, true, ACTOR))
        .isInstanceOfSatisfying(
            ConflictingException.class,
            e -> assertThat(e.reason()).isEqualTo("quality-level-exists"))
        .hasMessage("There is a quality level 144p already; change that one.");
    assertThatThrownBy(() -> levels.create(720, 1_000_000, 30, true, ACTOR))
        .isInstanceOfSatisfying(
            ConflictingException.class,
            e -> assertThat(e.reason()).isEqualTo("too-many-quality-levels"));
  }

  @ParameterizedTest
  @CsvSource({
    "   88,   1000000,  30, height",
    " 4322,   1000000,  30, height",
    "  721,   1000000,  30, height",
    "  720,     49999,  30, videoBitrateBps",
    "  720, 100000001,  30, videoBitrateBps",
    "  720,   1000000,  14, maxFrameRate",
    "  720,   1000000, 121, maxFrameRate",
  })
  void valueThatCannotBe_isRefusedWithItsField(
      int height, long bitrate, int frameRate, String field) {
    assertThatThrownBy(() -> levels.create(height, bitrate, frameRate, true, ACTOR))
        .isInstanceOfSatisfying(
            InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo(field))
        .hasMessageStartingWith(field + " is ");
    assertThat(levels.list()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name = '720'",
        "height = 722",
        "name = '721p', height = 721",
        "video_bitrate_bps = 0",
        "max_frame_rate = 0",
        "version = 0",
        "updated_at = created_at - interval '1 s'",
      })
  void stateThatCannotBe_isRefusedByTheSchema(String assignments) {
    QualityLevel _ = levels.create(720, 3_000_000, 60, true, ACTOR);
    assertThatThrownBy(
            () ->
                DATABASE.useTransaction(
                    handle -> handle.execute("UPDATE quality_levels SET " + assignments)))
        .isInstanceOf(ConflictException.class);
  }
}
