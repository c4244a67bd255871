package nova.app.keys;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import nova.control.database.DatabaseAwayException;
import nova.control.streamkey.KeyCheck;
import nova.control.streamkey.StreamKeys;
import nova.core.ChannelSlug;
import nova.ingest.publish.PublishAuthorizer;
import nova.ingest.publish.PublishDecision;
import nova.ingest.publish.PublishRequest;

/// Lets in whoever has a stream key of the configuration or of the database.
///
/// *Thread-safe.*
public final class ControlAuthorizer implements PublishAuthorizer {
  private static final PublishDecision AWAY =
      new PublishDecision.Unavailable(
          "database-away", "The server cannot look up the stream key now, try again in a moment.");

  private static final Duration PREPARED_WITHIN = Duration.ofSeconds(1);

  private final ConfiguredKeys configured;
  private final StreamKeys keys;
  private final Executor blocking;

  /// @param blocking runs what waits for the database, on threads that may wait
  public ControlAuthorizer(ConfiguredKeys configured, StreamKeys keys, Executor blocking) {
    this.configured = configured;
    this.keys = keys;
    this.blocking = blocking;
  }

  @Override
  public CompletionStage<PublishDecision> authorize(PublishRequest request) {
    Optional<ChannelSlug> channel = configured.channelOf(request.key().secret());
    return channel
        .map(this::accept)
        .orElseGet(() -> CompletableFuture.supplyAsync(() -> ask(request), blocking));
  }

  /// Lets in who has a configured key, also when the database does not say what was prepared: that
  /// then waits for the broadcast after this one.
  private CompletableFuture<PublishDecision> accept(ChannelSlug channel) {
    return CompletableFuture.supplyAsync(() -> keys.prepared(channel), blocking)
        .completeOnTimeout(Optional.empty(), PREPARED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(_ -> Optional.empty())
        .thenApply(prepared -> new PublishDecision.Accepted(channel, Optional.empty(), prepared));
  }

  private PublishDecision ask(PublishRequest request) {
    try {
      return switch (keys.check(request.key().secret(), request.remoteAddress())) {
        case KeyCheck.Accepted accepted ->
            new PublishDecision.Accepted(
                accepted.channel(), Optional.of(accepted.key()), accepted.prepared());
        case KeyCheck.Refused(String reason, String sentence) ->
            new PublishDecision.Refused(reason, sentence);
      };
    } catch (DatabaseAwayException _) {
      return AWAY; // the database tells the operator itself
    }
  }
}
