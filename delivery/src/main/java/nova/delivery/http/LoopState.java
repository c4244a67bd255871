package nova.delivery.http;

import nova.delivery.HeldRequests;

/// What delivery keeps per event loop.
///
/// *Confined to its event loop.*
record LoopState(HeldRequests held, OpenWrites writes) {}
