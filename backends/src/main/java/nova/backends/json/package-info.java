/// What is JSON wherever it is kept: the fields of an object, read or refused, and the health of a
/// stream, which is in events on Kafka and in claims and measurements on Redis.
@NullMarked
package nova.backends.json;

import org.jspecify.annotations.NullMarked;
