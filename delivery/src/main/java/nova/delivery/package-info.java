/// Timelines and segments to HLS and low-latency HLS: what a request means, what its answer says
/// and how long it may be cached; no HTTP types here. A request's path and directives go in,
/// playlists, byte ranges and held requests come out. Start reading at [PlaylistRenderer] and
/// [HeldRequests].
@NullMarked
package nova.delivery;

import org.jspecify.annotations.NullMarked;
