package nova.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nova.core.ChannelSlug;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.core.StreamState;
import org.junit.jupiter.api.Test;

/// What every [ChannelClaims] must do for a node that is alone; each adapter's test extends it.
public abstract class ChannelClaimsContract {
  protected static final ChannelSlug CHANNEL = new ChannelSlug("show");
  protected static final Instant NOON = Instant.parse("2026-11-01T12:00:00.123456789Z");

  /// What a listener was told, in order: where it was asked from, or `lost` and whether to the same
  /// stream.
  protected static final class Told implements ChannelClaims.Listener {
    public final List<String> all = new CopyOnWriteArrayList<>();

    public Told() {}

    @Override
    public void onAsked(String remoteAddress) {
      all.add(remoteAddress);
    }

    @Override
    public void onLost(boolean sameStream) {
      all.add("lost " + sameStream);
    }
  }

  protected final Told told = new Told();

  /// Claims of a node, where nobody has claimed anything.
  protected abstract ChannelClaims claims();

  @Test
  void freeChannel_isGranted_andAStreamBegins() {
    ChannelClaim claim = granted(claims(), "one1");

    assertThat(claim.channel()).isEqualTo(CHANNEL);
    assertThat(claim.stream()).isEqualTo(new StreamId("one1"));
    claim.update(active());
    assertThat(get(claims().expired())).isEmpty();
    assertThat(told.all).isEmpty();
  }

  @Test
  void channelWhoseStreamIsOver_isFree() {
    ChannelClaim first = granted(claims(), "one1");
    Void _ = get(first.end());
    Void _ = get(first.end());

    assertThat(granted(claims(), "two2").stream()).isEqualTo(new StreamId("two2"));
    Void _ = get(first.end());
    assertThat(told.all).isEmpty();
  }

  @Test
  void channels_areClaimedApart() {
    ChannelClaim one = granted(claims(), "one1");
    ClaimAnswer other =
        get(
            claims()
                .claim(
                    new ClaimRequest(
                        new ChannelSlug("other"),
                        new StreamId("two2"),
                        NOON,
                        Optional.empty(),
                        "192.0.2.1",
                        3),
                    told));

    assertThat(other).isInstanceOf(ClaimAnswer.Granted.class);
    assertThat(one.stream()).isEqualTo(new StreamId("one1"));
  }

  protected ChannelClaim granted(ChannelClaims claims, String stream) {
    ClaimAnswer answer = get(claims.claim(request(stream), told));
    assertThat(answer).isInstanceOf(ClaimAnswer.Granted.class);
    return ((ClaimAnswer.Granted) answer).claim();
  }

  protected static ClaimRequest request(String fresh) {
    return request(fresh, "192.0.2.1", 3);
  }

  protected static ClaimRequest request(String fresh, String address, int takeovers) {
    return new ClaimRequest(
        CHANNEL, new StreamId(fresh), NOON, Optional.empty(), address, takeovers);
  }

  protected static ClaimStatus active() {
    return new ClaimStatus(
        StreamState.ACTIVE,
        Optional.empty(),
        Optional.of(StreamKeyId.random()),
        new StreamHealth(1, 2, 29.97, 4, 5, 6, 7, 8, List.of("set 2 s – \"please\"")));
  }

  protected static ClaimStatus reconnecting() {
    return new ClaimStatus(
        StreamState.RECONNECTING,
        Optional.of(NOON.plusSeconds(9)),
        Optional.empty(),
        StreamHealth.NOTHING);
  }

  protected static <T> T get(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
