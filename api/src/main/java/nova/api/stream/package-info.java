/// The streams of the API: a projection of stream events to the current record of each stream, and
/// the routes that show it.
///
/// Stream events in, JSON out. Start reading at [StreamDirectory], then [StreamRoutes].
@NullMarked
package nova.api.stream;

import org.jspecify.annotations.NullMarked;
