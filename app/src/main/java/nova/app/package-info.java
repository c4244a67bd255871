/// The composition root: command line, configuration, wiring of the stages, HTTP servers, metrics.
///
/// Command line and files in, a running server out. Only this module knows all others. Start
/// reading at [Main], then [StartCommand] and [Wiring].
@NullMarked
package nova.app;

import org.jspecify.annotations.NullMarked;
