package nova.control.streamkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nova.control.TestEvents;
import nova.control.TestServer;
import nova.control.audit.Actor;
import nova.control.database.TestDatabase;
import nova.control.error.ConflictingException;
import nova.control.error.InvalidFieldException;
import nova.control.error.UnknownException;
import nova.control.stream.StreamMetadata;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StreamKeysTest {
  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final Actor ADA = new Actor(Actor.Kind.TOKEN, "7", "Ada", "192.0.2.1");
  private static final String HERE = "192.0.2.7";

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final FakeClock clock = new FakeClock();
  private TestServer server;

  @BeforeEach
  void open() {
    TestServer.empty(DATABASE.database());
    server = TestServer.on(DATABASE.database(), clock);
    var _ = server.channel(SHOW);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void secret_has160Bits_andIsNowhere_onlyItsHash() {
    IssuedKey issued = server.key(SHOW);
    String secret = issued.secret().value();
    assertThat(secret).matches("[a-z2-7]{32}"); // 5 bits each
    assertThat(server.key(SHOW).secret().value()).isNotEqualTo(secret);
    var _ = check(secret, HERE);
    IssuedKey next = server.keys().rotate(issued.key().id(), Duration.ofHours(1), ADA);
    var _ = server.keys().revoke(issued.key().id(), ADA);
    for (String hidden : List.of(secret, next.secret().value())) {
      assertThat(issued.toString() + next + check(hidden, HERE) + listed()).doesNotContain(hidden);
      assertThat(everything()).doesNotContain(hidden);
    }
    assertThat(server.keys().find(issued.key().id()).key().sha256())
        .isEqualTo(issued.secret().sha256());
    assertThat(server.count("audit WHERE subject_kind = 'stream-key'")).isEqualTo(4);
  }

  @Test
  void firstKey_isMadeOnce_alsoByTwoServersThatStartAtOnce() throws Exception {
    try (TestServer another = TestServer.on(DATABASE.database(), clock)) {
      for (int round = 0; round < 10; round++) {
        TestServer.empty(DATABASE.database());
        var _ = server.channel(SHOW);
        List<CompletableFuture<Optional<IssuedKey>>> made =
            Stream.of(server, another)
                .map(
                    each ->
                        CompletableFuture.supplyAsync(
                            () -> each.keys().createFirst(SHOW, KeyTerms.NONE, ADA),
                            Thread::startVirtualThread))
                .toList();
        int keys = 0;
        for (CompletableFuture<Optional<IssuedKey>> each : made) {
          keys += each.get(20, TimeUnit.SECONDS).isPresent() ? 1 : 0;
        }
        assertThat(keys).isEqualTo(1);
        assertThat(server.count("stream_keys")).isEqualTo(1);
      }
    }
    assertThat(server.keys().createFirst(SHOW, KeyTerms.NONE, ADA)).as("there is one").isEmpty();
  }

  @Test
  void key_isWhatItWasMade_andRefusedForWhatCannotBe() {
    KeyTerms terms =
        new KeyTerms("Studio", List.of("192.0.2.0/24", "2001:db8::/32"), Optional.of(in(60)));
    IssuedKey issued = server.keys().create(SHOW, terms, ADA);
    assertThat(listed()).containsExactly(issued.key());
    assertThat(issued.key().label()).isEqualTo("Studio");
    for (KeyTerms wrong :
        List.of(
            new KeyTerms("x".repeat(201), List.of(), Optional.empty()),
            new KeyTerms("", List.of("10/8"), Optional.empty()),
            new KeyTerms("", List.of(), Optional.of(clock.instant())),
            new KeyTerms("", List.of(), Optional.of(Instant.MAX)))) {
      assertThatThrownBy(() -> server.keys().create(SHOW, wrong, ADA))
          .as("%s", wrong)
          .isInstanceOf(InvalidFieldException.class);
    }
    assertThatThrownBy(() -> server.keys().create(new ChannelSlug("nobody"), KeyTerms.NONE, ADA))
        .isInstanceOf(UnknownException.class);
    assertThat(server.count("stream_keys")).isEqualTo(1);
  }

  @Test
  void key_opensItsChannel_untilItExpires_onlyFromItsNetworks() {
    IssuedKey issued =
        server
            .keys()
            .create(
                SHOW,
                new KeyTerms("", List.of("192.0.2.0/24", "2001:db8::/32"), Optional.of(in(60))),
                ADA);
    String secret = issued.secret().value();
    assertThat(check(secret, HERE)).isEqualTo("show");
    assertThat(check(secret, "2001:db8::9%eth0")).isEqualTo("show");
    assertThat(check(secret, "198.51.100.1")).isEqualTo("network-not-allowed");
    assertThat(check(secret, "what?")).isEqualTo("network-not-allowed");
    assertThat(check(secret + "x", HERE)).isEqualTo("unknown-key");
    assertThat(check(secret.toUpperCase(Locale.ROOT), HERE)).isEqualTo("unknown-key");
    clock.advance(Duration.ofMillis(59_999));
    assertThat(check(secret, HERE)).isEqualTo("show");
    clock.advance(Duration.ofMillis(1));
    assertThat(check(secret, HERE)).isEqualTo("expired-key");
  }

  @Test
  void rotatedKey_worksWithTheNewOne_andThenOnlyTheNewOneDoes() {
    IssuedKey old =
        server
            .keys()
            .create(SHOW, new KeyTerms("Studio", List.of("192.0.2.0/24"), Optional.empty()), ADA);
    assertThat(check(old.secret().value(), HERE)).isEqualTo("show");
    IssuedKey next = server.keys().rotate(old.key().id(), Duration.ofMinutes(10), ADA);
    assertThat(next.key().label()).isEqualTo("Studio");
    assertThat(next.key().allowedNetworks()).containsExactly("192.0.2.0/24");
    clock.advance(Duration.ofSeconds(599));
    assertThat(check(old.secret().value(), HERE)).isEqualTo("show");
    assertThat(check(next.secret().value(), HERE)).isEqualTo("show");
    clock.advance(Duration.ofSeconds(1));
    assertThat(check(old.secret().value(), HERE)).isEqualTo("expired-key");
    assertThat(check(next.secret().value(), HERE)).isEqualTo("show");
    assertThatThrownBy(() -> server.keys().rotate(old.key().id(), Duration.ZERO, ADA))
        .isInstanceOf(ConflictingException.class);
    assertThat(server.broadcasts().stopped()).isEmpty();
  }

  @Test
  void keyThatIsReplacedAtOnce_worksNoMore_andWhatItCarriesIsDropped() {
    IssuedKey old = server.key(SHOW);
    begin("live", old);
    assertThat(check(old.secret().value(), HERE)).isEqualTo("show");
    IssuedKey next = server.keys().rotate(old.key().id(), Duration.ZERO, ADA);
    assertThat(check(old.secret().value(), HERE)).isEqualTo("revoked-key");
    assertThat(check(next.secret().value(), HERE)).isEqualTo("show");
    assertThat(server.broadcasts().stopped())
        .containsExactly("live: The stream key was replaced by another.");
  }

  @Test
  void keyIsReplacedOnce_soThatItsReplacementDoesNotEndWithIt() {
    IssuedKey old = server.key(SHOW);
    IssuedKey next = server.keys().rotate(old.key().id(), Duration.ofHours(1), ADA);
    for (Duration overlap : List.of(Duration.ofHours(1), Duration.ZERO)) {
      assertThatThrownBy(() -> server.keys().rotate(old.key().id(), overlap, ADA))
          .isInstanceOfSatisfying(
              ConflictingException.class,
              e -> assertThat(e.reason()).isEqualTo("stream-key-replaced"))
          .hasMessageContaining(next.key().id().toString());
    }
    assertThat(check(old.secret().value(), HERE)).as("works on").isEqualTo("show");
    IssuedKey last = server.keys().rotate(next.key().id(), Duration.ofHours(1), ADA);
    clock.advance(Duration.ofDays(1));
    assertThat(check(last.secret().value(), HERE)).isEqualTo("show");
  }

  @Test
  void rotation_isRefused_whenItWouldMakeTooManyKeys_orOfAStrangeOverlap() {
    StreamKeyId id = server.key(SHOW).key().id();
    for (Duration strange : List.of(Duration.ofSeconds(-1), Duration.ofDays(31))) {
      assertThatThrownBy(() -> server.keys().rotate(id, strange, ADA))
          .isInstanceOf(InvalidFieldException.class);
    }
    for (int more = 1; more < StreamKeys.MAX_PER_CHANNEL; more++) {
      var _ = server.key(SHOW);
    }
    assertThatThrownBy(() -> server.keys().rotate(id, Duration.ofHours(1), ADA))
        .isInstanceOf(ConflictingException.class);
    assertThatThrownBy(() -> server.key(SHOW)).isInstanceOf(ConflictingException.class);
    assertThat(server.keys().rotate(id, Duration.ZERO, ADA)).as("in its place").isNotNull();
  }

  @Test
  void revokedKey_isForgottenAtOnce_andRevokedOnce() {
    IssuedKey issued = server.key(SHOW);
    begin("live", issued);
    assertThat(check(issued.secret().value(), HERE)).isEqualTo("show");
    Instant first = clock.instant();
    var _ = server.keys().revoke(issued.key().id(), ADA);
    assertThat(check(issued.secret().value(), HERE)).isEqualTo("revoked-key");
    assertThat(server.broadcasts().stopped()).containsExactly("live: The stream key was revoked.");
    clock.advance(Duration.ofSeconds(5));
    assertThat(server.keys().revoke(issued.key().id(), ADA).revokedAt()).contains(first);
    assertThat(server.count("audit WHERE action = 'stream-key-revoked'")).isEqualTo(1);
    assertThatThrownBy(() -> server.keys().revoke(StreamKeyId.random(), ADA))
        .isInstanceOf(UnknownException.class);
  }

  @Test
  void revokedKey_endsWhatIsOnAirWithIt_alsoWhenItsRowIsOver() {
    IssuedKey issued = server.key(SHOW);
    begin("live", issued);
    server.journal().onEvent(new TestEvents(new StreamId("live"), clock).error(Optional.empty()));
    awaitWritten();
    var _ = server.keys().revoke(issued.key().id(), ADA);
    assertThat(server.broadcasts().stopped()).containsExactly("live: The stream key was revoked.");
  }

  @Test
  void revocation_meetsChecksAndBeginningsOfTheSameMoment() throws Exception {
    for (int round = 0; round < 25; round++) {
      IssuedKey issued = server.key(SHOW);
      String secret = issued.secret().value();
      String stream = "stream" + round;
      CompletableFuture<Void> checks =
          inParallel(
              () -> {
                for (int i = 0; i < 20; i++) {
                  var _ = check(secret, HERE);
                }
              });
      CompletableFuture<Void> beginning = inParallel(() -> begin(stream, issued));
      var _ = server.keys().revoke(issued.key().id(), ADA);
      assertThat(check(secret, HERE)).as("after the revocation").isEqualTo("revoked-key");
      Void _ = checks.get(20, TimeUnit.SECONDS);
      Void _ = beginning.get(20, TimeUnit.SECONDS);
      awaitWritten();
      assertThat(check(secret, HERE)).isEqualTo("revoked-key");
      assertThat(server.broadcasts().stopped())
          .as("round %d", round)
          .anyMatch(stopped -> stopped.startsWith(stream + ":"));
    }
  }

  @Test
  void rotationsAndBeginnings_doNotHinderEachOther() throws Exception {
    IssuedKey issued = server.key(SHOW);
    for (int round = 0; round < 15; round++) {
      String stream = "stream" + round;
      IssuedKey used = issued;
      CompletableFuture<Void> beginning = inParallel(() -> begin(stream, used));
      issued = server.keys().rotate(issued.key().id(), Duration.ofHours(1), ADA);
      Void _ = beginning.get(20, TimeUnit.SECONDS);
    }
    awaitWritten();
    assertThat(server.count("streams")).isEqualTo(15);
  }

  @Test
  void keysOfADeletedChannel_stopAtOnce() {
    IssuedKey issued = server.key(SHOW);
    IssuedKey next = server.keys().rotate(issued.key().id(), Duration.ofHours(1), ADA);
    assertThat(check(issued.secret().value(), HERE)).isEqualTo("show");
    assertThat(check(next.secret().value(), HERE)).isEqualTo("show");
    server.channels().delete(SHOW, Optional.empty(), ADA);
    assertThat(check(issued.secret().value(), HERE)).isEqualTo("unknown-key");
    assertThat(check(next.secret().value(), HERE)).isEqualTo("unknown-key");
    assertThat(server.keys().isEmpty()).isTrue();
    var _ = server.channel(SHOW);
    assertThat(check(issued.secret().value(), HERE)).isEqualTo("unknown-key");
    assertThatThrownBy(() -> server.keys().rotate(issued.key().id(), Duration.ZERO, ADA))
        .isInstanceOf(UnknownException.class);
  }

  @Test
  void preparedStream_isOpenedByAllKeys_fromThenOn() {
    IssuedKey issued = server.key(SHOW);
    assertThat(prepared(issued)).isEmpty();
    StreamId next = server.streams().prepare(SHOW, StreamMetadata.NONE, ADA).id();
    assertThat(prepared(issued)).contains(next);
    assertThat(prepared(server.key(SHOW))).contains(next);
    var _ = server.streams().stop(next, "", ADA);
    assertThat(prepared(issued)).isEmpty();
  }

  @Test
  void endedKeys_beyondTheLatest_goWhenAnotherIsMade_butNotOnesOnAir() {
    IssuedKey onAir =
        server.keys().create(SHOW, new KeyTerms("", List.of(), Optional.of(in(60))), ADA);
    begin("live", onAir);
    clock.advance(Duration.ofMinutes(2));
    IssuedKey latest = server.key(SHOW);
    for (int i = 0; i < StreamKeys.ENDED_KEPT_PER_CHANNEL + 5; i++) {
      clock.advance(Duration.ofSeconds(1));
      latest = server.keys().rotate(latest.key().id(), Duration.ZERO, ADA);
    }
    assertThat(listed()).as("all of them of today").hasSize(107);
    ChannelKey oldest = listed().get(1);
    assertThat(oldest.revokedAt()).isPresent();

    clock.advance(Duration.ofHours(25));
    IssuedKey next = server.keys().create(SHOW, KeyTerms.NONE, ADA);

    assertThat(listed())
        .hasSize(1 + StreamKeys.ENDED_KEPT_PER_CHANNEL + 2)
        .extracting(ChannelKey::id)
        .contains(onAir.key().id(), latest.key().id(), next.key().id())
        .doesNotContain(oldest.id());
    assertThat(server.count("audit WHERE action = 'stream-key-rotated'")).isEqualTo(105);
  }

  private List<ChannelKey> listed() {
    return server.keys().list(SHOW, Optional.empty(), 1_000);
  }

  private Optional<StreamId> prepared(IssuedKey issued) {
    KeyCheck check = server.keys().check(issued.secret().value(), HERE);
    return ((KeyCheck.Accepted) check).prepared();
  }

  private static CompletableFuture<Void> inParallel(Runnable work) {
    return CompletableFuture.runAsync(work, Thread::startVirtualThread);
  }

  private void begin(String stream, IssuedKey issued) {
    TestEvents events = new TestEvents(new StreamId(stream), clock);
    server.broadcasts().began(events.stream(), issued.key().id());
    server.journal().onEvent(events.started(SHOW, Optional.of(issued.key().id())));
    awaitWritten();
  }

  private void awaitWritten() {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (server.journal().backlog() > 0) {
      assertThat(System.nanoTime()).as("time to wait").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /// The channel that is opened, or why none is.
  private String check(String secret, String address) {
    return switch (server.keys().check(secret, address)) {
      case KeyCheck.Accepted accepted -> accepted.channel().value();
      case KeyCheck.Refused refused -> refused.reason();
    };
  }

  private Instant in(int seconds) {
    return clock.instant().plusSeconds(seconds);
  }

  private String everything() {
    return server.select("SELECT string_agg(stream_keys::text, ' ') FROM stream_keys").orElseThrow()
        + server.select("SELECT string_agg(audit::text, ' ') FROM audit").orElseThrow();
  }
}
