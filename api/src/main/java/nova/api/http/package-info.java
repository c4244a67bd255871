/// What every route of the API answers with: JSON, Problem Details, CORS and caching headers.
///
/// A request and a value in, an HTTP response out. Start reading at [ReadRoute].
@NullMarked
package nova.api.http;

import org.jspecify.annotations.NullMarked;
