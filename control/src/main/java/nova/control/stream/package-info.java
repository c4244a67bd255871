/// Broadcasts of channels: what is known of each from before its beginning until long after its
/// end.
///
/// Events of stages and wishes of operators in, rows out. Start reading at [Streams], then
/// [StreamJournal].
@NullMarked
package nova.control.stream;

import org.jspecify.annotations.NullMarked;
