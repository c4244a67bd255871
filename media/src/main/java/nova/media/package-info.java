/// Bytes to media and back, as pure functions: no I/O, no threads, no clocks, no logging.
///
/// One package per format, one wire structure per file. Bytes in, records out, and the reverse.
/// Start reading at [TrackFormat] and [MediaFrame].
@NullMarked
package nova.media;

import org.jspecify.annotations.NullMarked;
