/// What the worker's programs that make FLV have in common: writing it to stdout, and their end.
///
/// Tags in, bytes out. Start reading at [FlvOutput].
@NullMarked
package nova.worker.flv;

import org.jspecify.annotations.NullMarked;
