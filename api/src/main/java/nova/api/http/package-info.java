/// How every operation of the API is asked and answered: who may, what is read of a request, JSON,
/// Problem Details, limits, CORS and caching headers.
///
/// A request and a value in, an HTTP response out. Start reading at [ApiRouter], then [RouteGuard].
@NullMarked
package nova.api.http;

import org.jspecify.annotations.NullMarked;
