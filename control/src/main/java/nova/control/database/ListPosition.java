package nova.control.database;

import java.time.Instant;

/// Where a list by age goes on: after the thing that was made then and has this id, whether or not
/// it is still there.
///
/// *Immutable.*
///
/// @param <I> id of the things of the list
public record ListPosition<I>(Instant createdAt, I id) {}
