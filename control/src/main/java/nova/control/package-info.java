/// Channels, stream keys and the lives of streams, kept in PostgreSQL. No HTTP and no media.
@NullMarked
package nova.control;

import org.jspecify.annotations.NullMarked;
