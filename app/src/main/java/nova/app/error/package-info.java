/// What the program tells the person at the terminal when it cannot go on.
///
/// A sentence in, an exit code out. Start reading at [StartupException].
@NullMarked
package nova.app.error;

import org.jspecify.annotations.NullMarked;
