/// The worker process that makes posters: keyframes of all streams in, a JPEG of each out.
///
/// It sees single frames and knows of no stream more than its id. Start reading at [PosterWorker].
@NullMarked
package nova.worker.poster;

import org.jspecify.annotations.NullMarked;
