/// Commands that ask a running server over its API: `channel`, `key`, `stream`, `token`.
///
/// A command line in, a table or JSON out. Start reading at [ApiOptions].
@NullMarked
package nova.app.cli;

import org.jspecify.annotations.NullMarked;
