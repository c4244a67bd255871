/// A load client: one thread that holds thousands of keep-alive HTTP/1.1 connections and stamps
/// every first and last byte.
///
/// Requests go in, [HttpResponse]s come out on the loop's thread. Start reading at [HttpLoop].
@NullMarked
package nova.bench.http;

import org.jspecify.annotations.NullMarked;
