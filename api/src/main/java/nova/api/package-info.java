/// The public face of the platform: the REST API under `/api/v1` and the watch pages.
///
/// Stream events in, JSON and HTML out; it sees neither media nor the shelves. Start reading at
/// [Api], then [nova.api.stream.StreamDirectory].
@NullMarked
package nova.api;

import org.jspecify.annotations.NullMarked;
