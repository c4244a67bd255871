/// The segment store and the timeline store: the shelf between packager and delivery.
///
/// A segment is opaque bytes; a timeline says which segments a rendition has, how long they are and
/// when they begin. Both are written once by the packager and read by any number of viewers. Start
/// reading at [SegmentStore] and [TimelineSnapshot].
@NullMarked
package nova.segments;

import org.jspecify.annotations.NullMarked;
