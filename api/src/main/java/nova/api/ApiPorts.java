package nova.api;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.IntSupplier;
import nova.api.http.Authenticator;
import nova.control.Control;
import nova.control.playback.PlaybackRights;
import nova.core.NanoClock;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.core.ViewerCount;

/// What the API needs from its surroundings.
///
/// *Immutable.*
///
/// @param version of the server
/// @param events the bus the streams are learnt from
/// @param clock the wall clock by which ended streams are forgotten
/// @param nanoClock by which limits are counted
/// @param threads runs each task on a thread of its own, which may wait
/// @param authenticator whose an API token is
/// @param control what operators do things with
/// @param rights who may watch channels that are not for everybody
/// @param rtmpPort the port broadcasters connect to, asked at each request because it may be chosen
///   by the operating system after the API is opened
/// @param posters when the stream's poster was taken, empty while it has none; must not block
/// @param viewers how many watch a stream now, empty while that is not known; must not block
public record ApiPorts(
    String version,
    StreamEvents events,
    InstantSource clock,
    NanoClock nanoClock,
    Executor threads,
    Authenticator authenticator,
    Control control,
    PlaybackRights rights,
    IntSupplier rtmpPort,
    Function<StreamId, Optional<Instant>> posters,
    Function<StreamId, Optional<ViewerCount>> viewers) {}
