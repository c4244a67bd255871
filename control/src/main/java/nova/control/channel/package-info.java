/// Channels: who broadcasts, under which public name.
@NullMarked
package nova.control.channel;

import org.jspecify.annotations.NullMarked;
