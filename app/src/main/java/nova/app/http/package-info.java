/// The HTTP servers of the process: sockets, TLS, limits, health; what they serve is mounted from
/// outside.
///
/// Routes in, a listening port out. Start reading at [HttpServers].
@NullMarked
package nova.app.http;

import org.jspecify.annotations.NullMarked;
