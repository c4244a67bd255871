/// Nouns that every stage shares, and the [StreamEvents] port over which stages report what
/// happened.
///
/// Values in, values out; nothing here does I/O or knows a stage. Start reading at [Bytes],
/// [StreamId] and [StreamEvent].
@NullMarked
package nova.core;

import org.jspecify.annotations.NullMarked;
