/// Which streams a transcode node works on, and what their stages hear and say.
///
/// In come the events of all processes and the registry of live streams, out go those events of the
/// node's own streams to its stages, and what the stages say of them to all. Start reading at
/// [AssignedStreams].
@NullMarked
package nova.backends.assignment;

import org.jspecify.annotations.NullMarked;
