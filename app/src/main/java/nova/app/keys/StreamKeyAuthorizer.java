package nova.app.keys;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import nova.ingest.publish.PublishAuthorizer;
import nova.ingest.publish.PublishDecision;
import nova.ingest.publish.PublishRequest;

/// Lets in whoever has one of the stream keys.
///
/// *Thread-safe.*
public final class StreamKeyAuthorizer implements PublishAuthorizer {
  private static final PublishDecision UNKNOWN =
      new PublishDecision.Refused(
          "unknown-key", "The stream key is not known here; check it in the encoder's settings.");

  private final StreamKeys keys;

  public StreamKeyAuthorizer(StreamKeys keys) {
    this.keys = keys;
  }

  @Override
  public CompletionStage<PublishDecision> authorize(PublishRequest request) {
    return CompletableFuture.completedStage(
        keys.channelOf(request.key().secret())
            .<PublishDecision>map(PublishDecision.Accepted::new)
            .orElse(UNKNOWN));
  }
}
