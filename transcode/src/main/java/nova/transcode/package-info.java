/// Makes rungs of a stream: decides which, and keeps the worker that encodes them alive.
///
/// Log entries of the source in, log entries of each rung out; the encoding itself happens in a
/// child process. Start reading at [LadderPlanner] and [TranscodeSupervisor].
@NullMarked
package nova.transcode;

import org.jspecify.annotations.NullMarked;
