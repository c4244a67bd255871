/// Configuration: one file, the environment and the command line become one tree of records.
///
/// YAML, `NOVA_…` variables and options in, [AppConfig] out; every mistake is one sentence. The
/// same records write docs/configuration.md. Start reading at [ConfigReader].
@NullMarked
package nova.app.config;

import org.jspecify.annotations.NullMarked;
