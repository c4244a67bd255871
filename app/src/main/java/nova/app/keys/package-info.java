/// Who may publish: stream keys of the configuration, and those of the control plane.
///
/// A publish request in, a decision out. Start reading at [ControlAuthorizer].
@NullMarked
package nova.app.keys;

import org.jspecify.annotations.NullMarked;
