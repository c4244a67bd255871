/// Why something that was asked of the control plane is not done: each of these is told to whoever
/// asked, in its own sentence.
///
/// Start reading at [ControlException].
@NullMarked
package nova.control.error;

import org.jspecify.annotations.NullMarked;
