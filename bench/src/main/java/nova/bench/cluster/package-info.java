/// An installation of several services on this machine: to try out, and to break.
///
/// Start reading at [ClusterCommand] and [ClusterTestCommand].
@NullMarked
package nova.bench.cluster;

import org.jspecify.annotations.NullMarked;
