package nova.api;

import java.time.InstantSource;
import java.util.function.IntSupplier;
import nova.core.StreamEvents;

/// What the API needs from its surroundings.
///
/// *Immutable.*
///
/// @param events the bus the streams are learnt from
/// @param clock the wall clock by which ended streams are forgotten
/// @param rtmpPort the port broadcasters connect to, asked at each request because it may be chosen
///   by the operating system after the API is opened
public record ApiPorts(StreamEvents events, InstantSource clock, IntSupplier rtmpPort) {}
