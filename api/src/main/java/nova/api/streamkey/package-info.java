/// The stream keys of the API.
///
/// Stream keys in, JSON out. Start reading at [StreamKeyRoutes].
@NullMarked
package nova.api.streamkey;

import org.jspecify.annotations.NullMarked;
