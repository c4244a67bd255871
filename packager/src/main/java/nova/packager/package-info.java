/// The packager: frames from the log become CMAF parts and segments in the store, and timelines
/// that say which there are.
///
/// Log entries in, chunks and snapshots out; every byte and every name derives from the log. Start
/// reading at [Packager], then [StreamPackager] and [Segmenter].
@NullMarked
package nova.packager;

import org.jspecify.annotations.NullMarked;
