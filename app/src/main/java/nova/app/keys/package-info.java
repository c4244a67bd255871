/// Stream keys while there is no database of channels: those named on the command line, or one that
/// the first start makes and whose hash a file keeps.
///
/// A secret in, a channel out. Start reading at [StreamKeys] and [StreamKeyFile].
@NullMarked
package nova.app.keys;

import org.jspecify.annotations.NullMarked;
