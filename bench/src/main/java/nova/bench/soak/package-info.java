/// Many streams at many times the speed of life, and whether what processes hold grows with them.
///
/// Broadcasts go through a real server; samples of its processes become a table and a judgement.
/// Start reading at [Soak].
@NullMarked
package nova.bench.soak;

import org.jspecify.annotations.NullMarked;
