/// Tests of the API and its pages over a real HTTP server.
@NullMarked
package nova.api;

import org.jspecify.annotations.NullMarked;
