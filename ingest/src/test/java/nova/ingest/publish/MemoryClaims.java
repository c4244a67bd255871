package nova.ingest.publish;

import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import nova.core.ChannelSlug;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamState;
import org.jspecify.annotations.Nullable;

/// Claims of several nodes in one memory. Nodes are gone, and all is away, when the test says so.
///
/// *Thread-safe.*
public final class MemoryClaims {
  private final InstantSource clock;
  private final Map<ChannelSlug, Claim> claims = new HashMap<>();
  private final Set<String> gone = new HashSet<>();
  private boolean away;
  private long tokens;

  public MemoryClaims(InstantSource clock) {
    this.clock = clock;
  }

  /// The claims as one node sees them.
  public ChannelClaims node(String name) {
    return new Node(name);
  }

  /// The node is not heard of any more, and what it has is expired.
  public synchronized void lose(String node) {
    gone.add(node);
  }

  synchronized void goAway() {
    away = true;
  }

  synchronized void comeBack() {
    away = false;
  }

  /// As after somebody emptied the memory and another node was first to claim the channel.
  synchronized void giveAway(ChannelSlug channel) {
    Claim lost = claims.remove(channel);
    if (lost != null) {
      lost.listener.onLost(false);
    }
  }

  /// How the channel's stream stands, as others see it.
  synchronized ClaimStatus status(ChannelSlug channel) {
    Claim claim = claims.get(channel);
    if (claim == null) {
      throw new AssertionError("nobody has " + channel);
    }
    return claim.status;
  }

  private <T> CompletionStage<T> unlessAway(T value) {
    return away
        ? CompletableFuture.failedStage(new IOException("the claims are away"))
        : CompletableFuture.completedStage(value);
  }

  private record Attempt(
      String node,
      ClaimRequest request,
      ChannelClaims.Listener listener,
      CompletableFuture<ClaimAnswer> answer) {}

  private final class Node implements ChannelClaims {
    private final String name;

    Node(String name) {
      this.name = name;
    }

    @Override
    public boolean isShared() {
      return true;
    }

    @Override
    public CompletionStage<ClaimAnswer> claim(ClaimRequest request, Listener listener) {
      synchronized (MemoryClaims.this) {
        Attempt attempt = new Attempt(name, request, listener, new CompletableFuture<>());
        Claim claim = claims.get(request.channel());
        if (away) {
          return unlessAway(new ClaimAnswer.Superseded());
        } else if (claim == null) {
          begin(attempt);
        } else if (claim.isFree() || claim.status.state() == StreamState.RECONNECTING) {
          goOn(claim, attempt);
        } else if (claim.takeovers == request.takeoversPerMinute()) {
          attempt.answer.complete(new ClaimAnswer.TooManyTakeovers());
        } else {
          Attempt before = claim.asked;
          claim.asked = attempt;
          claim.takeovers++;
          if (before != null) {
            before.answer.complete(new ClaimAnswer.Superseded());
          }
          claim.listener.onAsked(request.remoteAddress());
        }
        return attempt.answer;
      }
    }

    @Override
    public CompletionStage<List<ClaimedStream>> expired() {
      synchronized (MemoryClaims.this) {
        return unlessAway(
            claims.values().stream().filter(Claim::isFree).map(Claim::asLeft).toList());
      }
    }

    @Override
    public CompletionStage<Optional<ChannelClaim>> adopt(ClaimedStream expired, Listener listener) {
      synchronized (MemoryClaims.this) {
        Claim claim = claims.get(expired.channel());
        return unlessAway(
            claim == null || claim.token != expired.token() || !claim.isFree()
                ? Optional.<ChannelClaim>empty()
                : Optional.<ChannelClaim>of(claim.takenBy(name, listener)));
      }
    }
  }

  private void begin(Attempt attempt) {
    ClaimRequest request = attempt.request;
    Claim claim =
        new Claim(
            request.channel(),
            request.fresh(),
            attempt.node,
            attempt.listener,
            new ClaimStatus(
                StreamState.PENDING_INGEST, Optional.empty(), request.key(), StreamHealth.NOTHING));
    claims.put(request.channel(), claim);
    attempt.answer.complete(new ClaimAnswer.Granted(claim));
  }

  private void goOn(Claim claim, Attempt attempt) {
    ClaimedStream left = claim.asLeft();
    attempt.answer.complete(
        new ClaimAnswer.Continued(claim.takenBy(attempt.node, attempt.listener), left));
  }

  private final class Claim implements ChannelClaim {
    private final ChannelSlug channel;
    private final StreamId stream;
    private final String node;
    private final ChannelClaims.Listener listener;
    private final long token = ++tokens;
    private ClaimStatus status;
    private boolean handedOver;
    private int takeovers;
    private @Nullable Attempt asked;

    Claim(
        ChannelSlug channel,
        StreamId stream,
        String node,
        ChannelClaims.Listener listener,
        ClaimStatus status) {
      this.channel = channel;
      this.stream = stream;
      this.node = node;
      this.listener = listener;
      this.status = status;
    }

    boolean isFree() {
      return handedOver || gone.contains(node);
    }

    ClaimedStream asLeft() {
      return new ClaimedStream(
          channel, stream, clock.instant(), node, token, clock.instant(), status);
    }

    Claim takenBy(String other, ChannelClaims.Listener by) {
      Claim next = new Claim(channel, stream, other, by, status);
      next.takeovers = takeovers;
      claims.put(channel, next);
      if (!isFree()) {
        listener.onLost(true);
      }
      return next;
    }

    @Override
    public ChannelSlug channel() {
      return channel;
    }

    @Override
    public StreamId stream() {
      return stream;
    }

    @Override
    public long token() {
      return token;
    }

    @Override
    public void update(ClaimStatus next) {
      synchronized (MemoryClaims.this) {
        status = next;
      }
    }

    @Override
    public CompletionStage<Void> handOver() {
      synchronized (MemoryClaims.this) {
        if (!away && claims.get(channel) == this) {
          handedOver = true;
          if (asked != null) {
            goOn(this, asked);
          }
        }
        return done();
      }
    }

    @Override
    public CompletionStage<Void> end() {
      synchronized (MemoryClaims.this) {
        if (!away && claims.remove(channel, this) && asked != null) {
          begin(asked);
        }
        return done();
      }
    }

    private CompletionStage<Void> done() {
      return away
          ? CompletableFuture.failedStage(new IOException("the claims are away"))
          : CompletableFuture.completedStage(null);
    }
  }
}
