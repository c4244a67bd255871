package nova.control.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import nova.control.TestServer;
import nova.control.audit.Actor;
import nova.control.audit.AuditEntry;
import nova.control.audit.AuditFilter;
import nova.control.database.TestDatabase;
import nova.control.error.ConflictingException;
import nova.control.error.InvalidFieldException;
import nova.control.error.StaleException;
import nova.control.error.UnknownException;
import nova.core.ChannelSlug;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Channels, and what servers know of them in memory.
class ChannelsTest {
  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final ChannelSlug OTHER = new ChannelSlug("other");
  private static final Actor ADA = new Actor(Actor.Kind.TOKEN, "7", "Ada", "192.0.2.1");

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final FakeClock clock = new FakeClock();
  private TestServer here;
  private TestServer there;

  @BeforeEach
  void open() {
    TestServer.empty(DATABASE.database());
    here = TestServer.on(DATABASE.database(), clock);
    there = TestServer.on(DATABASE.database(), clock);
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
  }

  @Test
  void channel_isMadeChangedAndRemoved_withOneEntryEach() {
    Channel made = here.channels().create(SHOW, title("Show"), ADA);
    assertThat(here.channels().find(SHOW)).isEqualTo(made);
    clock.advance(Duration.ofSeconds(1));
    Channel changed = here.channels().update(SHOW, title("Better"), Optional.of(1L), ADA);
    assertThat(changed.version()).isEqualTo(2);
    assertThat(changed.updatedAt()).isEqualTo(clock.instant());
    assertThat(here.channels().update(SHOW, title("Better"), Optional.empty(), ADA))
        .as("no change")
        .isEqualTo(changed);
    assertThatThrownBy(() -> here.channels().update(SHOW, title("Late"), Optional.of(1L), ADA))
        .isInstanceOf(StaleException.class);
    assertThatThrownBy(() -> here.channels().delete(SHOW, Optional.of(1L), ADA))
        .isInstanceOf(StaleException.class);
    here.channels().delete(SHOW, Optional.of(2L), ADA);
    assertThatThrownBy(() -> here.channels().find(SHOW)).isInstanceOf(UnknownException.class);
    assertThatThrownBy(() -> here.channels().delete(SHOW, Optional.empty(), ADA))
        .isInstanceOf(UnknownException.class);
    List<AuditEntry> entries =
        here.audit().list(AuditFilter.ALL, OptionalLong.empty(), 10).reversed();
    assertThat(entries)
        .extracting(AuditEntry::action)
        .containsExactly("channel-created", "channel-updated", "channel-deleted");
    assertThat(entries.get(1).details()).containsEntry("fields", List.of("title"));
    assertThat(entries).allMatch(entry -> entry.actor().equals(ADA));
  }

  @Test
  void slugThatIsTaken_orTextThatIsTooLong_isRefused_andNothingIsWritten() {
    var _ = here.channel(SHOW);
    assertThatThrownBy(() -> there.channel(SHOW))
        .isInstanceOfSatisfying(
            ConflictingException.class, e -> assertThat(e.reason()).isEqualTo("slug-taken"));
    for (String wrong : List.of("x".repeat(201), "a\0b")) {
      assertThatThrownBy(() -> here.channels().create(OTHER, title(wrong), ADA))
          .isInstanceOf(InvalidFieldException.class);
    }
    assertThat(here.channels().create(OTHER, title("\ud83c\udfa5".repeat(200)), ADA).title())
        .hasSize(400);
    assertThat(here.count("audit")).isEqualTo(2);
  }

  @Test
  void ensuredChannel_isMadeOnce_alsoByManyAtOnce() throws Exception {
    List<CompletableFuture<ChannelId>> made =
        IntStream.range(0, 6)
            .mapToObj(i -> i % 2 == 0 ? here : there)
            .map(
                server ->
                    CompletableFuture.supplyAsync(
                        () -> server.channels().ensure(SHOW, ADA).id(), Thread::startVirtualThread))
            .toList();
    for (CompletableFuture<ChannelId> one : made) {
      assertThat(one.get(20, TimeUnit.SECONDS)).isEqualTo(here.channels().find(SHOW).id());
    }
    assertThat(here.count("audit WHERE action = 'channel-created'")).isEqualTo(1);
  }

  @Test
  void change_isKnownHereAtOnce_andElsewhereAfterTheNextLook() {
    Channel made = here.channel(SHOW);
    assertThat(here.channels().directory().find(SHOW)).contains(made);
    assertThat(there.channels().directory().find(SHOW)).isEmpty();
    there.channels().directory().refresh();
    assertThat(there.channels().directory().find(SHOW)).contains(made);

    ChannelChange hidden =
        new ChannelChange(Optional.empty(), Optional.empty(), Optional.of(false), Optional.empty());
    Channel changed = here.channels().update(SHOW, hidden, Optional.empty(), ADA);
    assertThat(here.channels().directory().find(SHOW)).contains(changed);
    assertThat(there.channels().directory().find(SHOW)).contains(made);
    there.channels().directory().refresh();
    assertThat(there.channels().directory().find(SHOW)).contains(changed);

    here.channels().delete(SHOW, Optional.empty(), ADA);
    assertThat(here.channels().directory().find(SHOW)).isEmpty();
    there.channels().directory().refresh();
    assertThat(there.channels().directory().find(SHOW)).isEmpty();
  }

  @Test
  void channelInPlaceOfAnother_isSeen_alsoWhenTheClockStandsStill() {
    var _ = here.channel(SHOW);
    there.channels().directory().refresh();
    here.channels().delete(SHOW, Optional.empty(), ADA);
    Channel again = here.channel(SHOW);
    there.channels().directory().refresh();
    assertThat(there.channels().directory().find(SHOW)).contains(again);
  }

  @Test
  void changesThatComeLateIntoTheDirectory_areGoneAfterTheNextLook() {
    Channel made = here.channel(SHOW);
    here.channels().delete(SHOW, Optional.empty(), ADA);
    here.channels().directory().refresh();
    here.channels().directory().put(made); // of a thread that was slow
    here.channels().directory().refresh();
    assertThat(here.channels().directory().find(SHOW)).isEmpty();
    Channel again = here.channel(SHOW);
    here.channels().directory().remove(made);
    assertThat(here.channels().directory().find(SHOW)).contains(again);
    Channel changed = here.channels().update(SHOW, title("New"), Optional.empty(), ADA);
    here.channels().directory().put(again);
    assertThat(here.channels().directory().find(SHOW)).contains(changed);
  }

  @Test
  void changes_areSeenAtOnce_whileOthersAreAndWhileAllAreReadAgain() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Void> refreshing =
        inParallel(
            () -> {
              while (!done.get()) {
                here.channels().directory().refresh();
              }
            });
    List<CompletableFuture<Void>> changing =
        IntStream.range(0, 3)
            .mapToObj(i -> inParallel(() -> change(new ChannelSlug("channel" + i))))
            .toList();
    for (CompletableFuture<Void> one : changing) {
      Void _ = one.get(60, TimeUnit.SECONDS);
    }
    done.set(true);
    Void _ = refreshing.get(20, TimeUnit.SECONDS);
    here.channels().directory().refresh();
    assertThat(here.channels().list(Optional.empty(), 10))
        .hasSize(3)
        .allSatisfy(
            channel ->
                assertThat(here.channels().directory().find(channel.slug())).contains(channel));
  }

  private void change(ChannelSlug slug) {
    ChannelDirectory directory = here.channels().directory();
    for (int i = 0; i < 12; i++) {
      Channel made = here.channel(slug);
      assertThat(directory.find(slug)).contains(made);
      Channel changed = here.channels().update(slug, title("" + i), Optional.empty(), ADA);
      assertThat(directory.find(slug)).contains(changed);
      here.channels().delete(slug, Optional.empty(), ADA);
      assertThat(directory.find(slug)).isEmpty();
    }
    var _ = here.channel(slug);
  }

  private static CompletableFuture<Void> inParallel(Runnable work) {
    return CompletableFuture.runAsync(work, Thread::startVirtualThread);
  }

  private static ChannelChange title(String title) {
    return new ChannelChange(
        Optional.of(title), Optional.empty(), Optional.empty(), Optional.empty());
  }
}
