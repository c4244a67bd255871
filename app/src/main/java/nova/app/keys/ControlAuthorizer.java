package nova.app.keys;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
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
    return channel.isPresent()
        ? CompletableFuture.completedStage(new PublishDecision.Accepted(channel.get()))
        : CompletableFuture.supplyAsync(() -> ask(request), blocking);
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
