/// Emulated LL-HLS players: blocking reload, hinted parts, a buffer that runs dry when the server
/// is late.
///
/// A playlist URL becomes requests and a count of stalls. Start reading at [Viewer].
@NullMarked
package nova.bench.viewer;

import org.jspecify.annotations.NullMarked;
