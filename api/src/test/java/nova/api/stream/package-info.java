/// Tests of the projection of stream events.
@NullMarked
package nova.api.stream;

import org.jspecify.annotations.NullMarked;
