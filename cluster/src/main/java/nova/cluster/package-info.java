/// Services of Nova as processes of their own, with the Kafka and the Redis that they share, all on
/// loopback. Knows nothing of Nova but its commands and settings, so that every module can test
/// with it.
///
/// Start reading at [LocalCluster].
@NullMarked
package nova.cluster;

import org.jspecify.annotations.NullMarked;
