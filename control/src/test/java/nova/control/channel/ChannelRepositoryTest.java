package nova.control.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.control.database.ConflictException;
import nova.control.database.ListPosition;
import nova.control.database.TestDatabase;
import nova.core.ChannelSlug;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ChannelRepositoryTest {
  private static final Instant NOW = Instant.parse("2026-11-22T16:00:00.123456Z");

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final ChannelRepository channels = new ChannelRepository();

  @BeforeEach
  void empty() {
    DATABASE.useTransaction(handle -> handle.execute("TRUNCATE channels CASCADE"));
  }

  private static Channel channel(String slug, int second) {
    return Channel.create(new ChannelSlug(slug), "Title of " + slug, NOW.plusSeconds(second));
  }

  @Test
  void channel_isFoundByItsIdAndItsSlug_asItWasWritten() {
    Channel live = channel("live", 0);
    DATABASE.useTransaction(handle -> channels.insert(handle, live));

    assertThat(found(live.id())).contains(live);
    assertThat(found(live.slug())).contains(live);
    assertThat(found(new ChannelSlug("other"))).isEmpty();
  }

  @Test
  void slugOfAnother_isRefused_andNothingOfTheTransactionIsWritten() {
    DATABASE.useTransaction(handle -> channels.insert(handle, channel("live", 0)));

    assertThatThrownBy(
            () ->
                DATABASE.useTransaction(
                    handle -> {
                      channels.insert(handle, channel("fine", 1));
                      channels.insert(handle, channel("live", 2));
                    }))
        .isInstanceOfSatisfying(
            ConflictException.class,
            e -> assertThat(e.constraint()).isEqualTo("channels_slug_unique"));
    assertThat(all()).extracting(found -> found.slug().value()).containsExactly("live");
  }

  @Test
  void update_raisesTheVersion_andOneOfAnOldVersionChangesNothing() {
    Channel live = channel("live", 0);
    DATABASE.useTransaction(handle -> channels.insert(handle, live));

    Optional<Channel> first = update(live.with(title("First")));
    Optional<Channel> stale = update(live.with(title("Stale")));

    assertThat(first).map(Channel::version).contains(2L);
    assertThat(stale).isEmpty();
    assertThat(all()).containsExactly(first.orElseThrow());
    assertThat(first.orElseThrow().updatedAt()).isEqualTo(NOW.plusSeconds(60));
  }

  @Test
  void pages_haveEveryChannelOnce_alsoThoseOfTheSameInstant() {
    List<Channel> written = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      written.add(channel("c" + i, i / 3));
    }
    DATABASE.useTransaction(handle -> written.forEach(one -> channels.insert(handle, one)));

    List<Channel> read = new ArrayList<>();
    Optional<Channel> after = Optional.empty();
    List<Channel> page = page(after);
    while (!page.isEmpty()) {
      read.addAll(page);
      after = Optional.of(page.getLast());
      page = page(after);
    }
    assertThat(read).containsExactlyInAnyOrderElementsOf(written);
    assertThat(read).isSortedAccordingTo((a, b) -> a.createdAt().compareTo(b.createdAt()));
  }

  private static ChannelChange title(String title) {
    return new ChannelChange(
        Optional.of(title), Optional.empty(), Optional.empty(), Optional.empty());
  }

  @Test
  void textThatLooksLikeSql_isText() {
    Channel odd = channel("live", 0).with(title("'); DROP TABLE channels; -- \uD83C\uDFA5"));
    DATABASE.useTransaction(handle -> channels.insert(handle, odd));
    assertThat(all()).containsExactly(odd);
  }

  @Test
  void deletedChannel_isGone() {
    Channel live = channel("live", 0);
    DATABASE.useTransaction(handle -> channels.insert(handle, live));

    assertThat(delete(live)).isTrue();
    assertThat(delete(live)).isFalse();
    assertThat(all()).isEmpty();
  }

  private Optional<Channel> found(ChannelId id) {
    return DATABASE.inTransaction(handle -> channels.find(handle, id));
  }

  private Optional<Channel> found(ChannelSlug slug) {
    return DATABASE.inTransaction(handle -> channels.find(handle, slug));
  }

  private boolean delete(Channel channel) {
    return DATABASE.inTransaction(handle -> channels.delete(handle, channel.id()));
  }

  private Optional<Channel> update(Channel channel) {
    return DATABASE.inTransaction(handle -> channels.update(handle, channel, NOW.plusSeconds(60)));
  }

  private List<Channel> page(Optional<Channel> after) {
    return DATABASE.inTransaction(
        handle ->
            channels.list(
                handle, after.map(last -> new ListPosition<>(last.createdAt(), last.id())), 2));
  }

  private static List<Channel> all() {
    return DATABASE.inTransaction(
        handle -> new ChannelRepository().list(handle, Optional.empty(), 100));
  }
}
