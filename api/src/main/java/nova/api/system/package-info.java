/// The server as the API shows it.
///
/// What the server knows of itself in, JSON out. Start reading at [SystemRoutes].
@NullMarked
package nova.api.system;

import org.jspecify.annotations.NullMarked;
