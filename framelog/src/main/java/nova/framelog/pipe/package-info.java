/// What the server and a transcoding worker say to each other over the worker's stdin and stdout.
///
/// A job and the source's log entries go in; the rungs' log entries and progress come out. Both
/// sides see only this package of each other. Start reading at [WorkerMessage].
@NullMarked
package nova.framelog.pipe;

import org.jspecify.annotations.NullMarked;
