/// What was measured of streams, kept for some weeks.
///
/// [StreamMetric]s in, [MetricPoint]s out. Start reading at [StreamMetrics].
@NullMarked
package nova.control.metric;

import org.jspecify.annotations.NullMarked;
