/// Tests of how operations are asked and answered, over a real HTTP server.
@NullMarked
package nova.api.http;

import org.jspecify.annotations.NullMarked;
