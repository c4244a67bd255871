/// The tokens of the API, and who has one.
///
/// Tokens in, JSON out. Start reading at [TokenRoutes].
@NullMarked
package nova.api.token;

import org.jspecify.annotations.NullMarked;
