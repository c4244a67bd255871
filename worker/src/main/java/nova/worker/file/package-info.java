/// MP4 files to FLV, without decoding anything, as fast as somebody reads.
///
/// A file in, FLV on stdout. Start reading at [Remux].
@NullMarked
package nova.worker.file;

import org.jspecify.annotations.NullMarked;
