/// Between delivery, which asks who may watch, and control, which knows.
@NullMarked
package nova.app.playback;

import org.jspecify.annotations.NullMarked;
