package nova.app;

import nova.control.Control;

/// A server that accepts.
///
/// *Immutable.*
record RunningServer(Links links, Control control) {}
