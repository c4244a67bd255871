package nova.control.streamkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nova.control.channel.Channel;
import nova.control.channel.ChannelId;
import nova.control.channel.ChannelRepository;
import nova.control.database.ConflictException;
import nova.control.database.TestDatabase;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StreamKeyRepositoryTest {
  private static final Instant NOW = Instant.parse("2026-11-22T16:00:00.123456Z");
  private static final Channel LIVE = Channel.create(new ChannelSlug("live"), "", NOW);

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final StreamKeyRepository keys = new StreamKeyRepository();
  private final ChannelRepository channels = new ChannelRepository();

  @BeforeEach
  void oneChannel() {
    DATABASE.useTransaction(
        handle -> {
          int _ = handle.execute("TRUNCATE channels CASCADE");
          channels.insert(handle, LIVE);
        });
  }

  private static Bytes hash(int of) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) of;
    return Bytes.wrap(bytes);
  }

  private static ChannelKey key(int secret) {
    return key(secret, List.of());
  }

  private static ChannelKey key(int secret, List<String> networks) {
    return ChannelKey.create(
        LIVE.id(),
        hash(secret),
        new KeyTerms("key " + secret, networks, Optional.empty()),
        NOW.plusSeconds(secret));
  }

  @Test
  void key_isFoundByItsHash_asItWasWritten() {
    ChannelKey limited = key(1, List.of("10.0.0.0/8", "2001:db8::/32"));
    insert(limited);
    insert(key(2));

    assertThat(found(hash(1))).contains(limited);
    assertThat(found(hash(3))).isEmpty();
    assertThat(listed()).extracting(ChannelKey::label).containsExactly("key 1", "key 2");
  }

  @Test
  void secretOfAnotherKey_andUnknownChannel_areRefused() {
    insert(key(1));
    assertConflict(key(1), "stream_keys_sha256_unique");
    ChannelKey stray = ChannelKey.create(ChannelId.random(), hash(9), KeyTerms.NONE, NOW);
    assertConflict(stray, "stream_keys_channel_id_fkey");
    assertThat(listed()).hasSize(1);
  }

  @Test
  void revokedKey_isNotValid_andIsRevokedOnce() {
    insert(key(1));
    Instant later = NOW.plusSeconds(60);

    assertThat(revoke(key(1), later)).as("not the key's id").isFalse();
    ChannelKey there = found(hash(1)).orElseThrow();
    assertThat(there.isValidAt(later)).isTrue();
    assertThat(revoke(there, later)).isTrue();
    assertThat(revoke(there, later.plusSeconds(1))).isFalse();

    ChannelKey revoked = found(hash(1)).orElseThrow();
    assertThat(revoked.revokedAt()).contains(later);
    assertThat(revoked.isValidAt(later)).isFalse();
  }

  @Test
  void keyThatExpires_isValidUntilThen_andNeverLongerThanItWas() {
    insert(key(1));
    ChannelKey there = found(hash(1)).orElseThrow();
    Instant end = NOW.plusSeconds(60);
    assertThat(expire(there, end)).isTrue();
    assertThat(expire(there, end.plusSeconds(60))).isTrue();

    ChannelKey rotated = found(hash(1)).orElseThrow();
    assertThat(rotated.expiresAt()).contains(end);
    assertThat(rotated.isValidAt(end.minusMillis(1))).isTrue();
    assertThat(rotated.isValidAt(end)).isFalse();
  }

  @Test
  void latestUse_isKept() {
    insert(key(1));
    ChannelKey there = found(hash(1)).orElseThrow();
    KeyUse late = new KeyUse(NOW.plusSeconds(9), "192.0.2.7");
    DATABASE.useTransaction(
        handle -> {
          keys.used(handle, there.id(), late);
          keys.used(handle, there.id(), new KeyUse(NOW.plusSeconds(5), "192.0.2.6"));
        });
    assertThat(found(hash(1)).orElseThrow().lastUse()).contains(late);
  }

  @Test
  void keys_goWithTheirChannel() {
    insert(key(1));
    DATABASE.useTransaction(handle -> channels.delete(handle, LIVE.id()));
    assertThat(found(hash(1))).isEmpty();
  }

  private void insert(ChannelKey key) {
    DATABASE.useTransaction(handle -> keys.insert(handle, key));
  }

  private void assertConflict(ChannelKey key, String constraint) {
    assertThatThrownBy(() -> insert(key))
        .isInstanceOfSatisfying(
            ConflictException.class, e -> assertThat(e.constraint()).isEqualTo(constraint));
  }

  private Optional<ChannelKey> found(Bytes sha256) {
    return DATABASE.inTransaction(handle -> keys.find(handle, sha256));
  }

  private List<ChannelKey> listed() {
    return DATABASE.inTransaction(handle -> keys.list(handle, LIVE.id(), Optional.empty(), 100));
  }

  private boolean revoke(ChannelKey key, Instant at) {
    return DATABASE.inTransaction(handle -> keys.revoke(handle, key.id(), at));
  }

  private boolean expire(ChannelKey key, Instant at) {
    return DATABASE.inTransaction(handle -> keys.expire(handle, key.id(), at));
  }
}
