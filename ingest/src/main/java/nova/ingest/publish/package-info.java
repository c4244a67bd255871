/// A broadcast: from media messages of a publisher to entries of the frame log, and the life of its
/// stream across lost connections.
///
/// Media messages in, log entries and stream events out. Start reading at [PublishSession] for the
/// media, and at [LiveStreams] and [StreamSteps] for the steps.
@NullMarked
package nova.ingest.publish;

import org.jspecify.annotations.NullMarked;
