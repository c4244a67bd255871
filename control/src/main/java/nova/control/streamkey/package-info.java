/// Stream keys: which secrets publish to a channel, from where and until when.
@NullMarked
package nova.control.streamkey;

import org.jspecify.annotations.NullMarked;
