/// What encoding a ladder costs: a worker process, and the `ffmpeg` command of the same build, on
/// the same file.
///
/// Start reading at [LadderCost].
@NullMarked
package nova.bench.ladder;

import org.jspecify.annotations.NullMarked;
