/// The one thing about sockets that Vert.x does not offer: a deadline for a connection's first
/// header.
///
/// A Vert.x transport in, the same with the deadline out. Start reading at [DeadlineTransport].
@NullMarked
package nova.app.http.transport;

import org.jspecify.annotations.NullMarked;
