/// The way from a command to the server on the same machine: a file in the data folder, which only
/// its owner can read, with the server's address and a token of this run.
///
/// Start reading at [LocalServer].
@NullMarked
package nova.app.local;

import org.jspecify.annotations.NullMarked;
