/// What operators measure, in Prometheus' words: every stage's metrics interface over one registry.
///
/// Calls of the stages in, the page `/metrics` out. Start reading at [Metrics].
@NullMarked
package nova.app.metrics;

import org.jspecify.annotations.NullMarked;
