/// A test pattern, made in real time: colour bars, a clock that people and programs can read, a
/// moving square and a tone that marks the seconds.
///
/// A size and a frame rate in, FLV on stdout. Start reading at [TestPattern], and at
/// [PatternLayout] for how to read the time off a picture.
@NullMarked
package nova.worker.pattern;

import org.jspecify.annotations.NullMarked;
