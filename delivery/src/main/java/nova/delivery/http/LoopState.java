package nova.delivery.http;

import nova.delivery.HeldRequests;
import nova.delivery.LoopExecutor;

/// What delivery keeps per event loop.
///
/// *Confined to its event loop.*
record LoopState(
    LoopExecutor executor, HeldRequests held, MediaFetches fetches, OpenWrites writes) {}
