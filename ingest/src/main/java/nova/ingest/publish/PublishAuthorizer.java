package nova.ingest.publish;

import java.util.concurrent.CompletionStage;

/// Port: decides who may publish.
///
/// [#authorize] is called on an event loop and must return at once; what blocks happens elsewhere
/// and completes the stage, on any thread. A stage that fails, or takes longer than the publish
/// timeout, counts as [PublishDecision.Unavailable].
///
/// *Thread-safe.*
@FunctionalInterface
public interface PublishAuthorizer {
  CompletionStage<PublishDecision> authorize(PublishRequest request);
}
