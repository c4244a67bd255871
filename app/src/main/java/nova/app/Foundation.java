package nova.app;

import java.time.InstantSource;
import nova.app.config.AppConfig;
import nova.app.metrics.Metrics;
import nova.core.NanoClock;

/// What every stage of a process stands on, whichever stages it runs.
///
/// *Thread-safe.*
///
/// @param lifecycle closes what was opened on it, last opened first
record Foundation(
    AppConfig config,
    Lifecycle lifecycle,
    Metrics metrics,
    InstantSource clock,
    NanoClock nanoClock) {
  /// On the clocks of this machine.
  static Foundation of(AppConfig config, Lifecycle lifecycle) {
    return new Foundation(
        config,
        lifecycle,
        lifecycle.own("metrics", new Metrics()),
        InstantSource.system(),
        System::nanoTime);
  }
}
