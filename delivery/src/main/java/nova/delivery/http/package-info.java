/// The HTTP face of delivery on Vert.x: routes, headers and bodies that are written without being
/// copied. Requests come in on any number of event loops; each is parsed, answered by a pure
/// function or held, and never blocks. Start reading at [Delivery].
@NullMarked
package nova.delivery.http;

import org.jspecify.annotations.NullMarked;
