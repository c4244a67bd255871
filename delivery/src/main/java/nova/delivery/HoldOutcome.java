package nova.delivery;

import nova.segments.TimelineSnapshot;

/// How holding a request ended.
///
/// *Immutable.*
public sealed interface HoldOutcome {
  /// What it waited for is there, in `snapshot`.
  record Ready(TimelineSnapshot snapshot) implements HoldOutcome {}

  /// What it waited for will never come.
  record Withdrawn(TimelineSnapshot snapshot) implements HoldOutcome {}

  /// The time is up; `snapshot` is the newest.
  record TimedOut(TimelineSnapshot snapshot) implements HoldOutcome {}

  /// The server is stopping and holds nothing more; `snapshot` is the newest.
  record Stopped(TimelineSnapshot snapshot) implements HoldOutcome {}

  /// The stream is no longer known.
  record Gone() implements HoldOutcome {}

  /// It was not held any (further).
  record Refused(Refusal refusal) implements HoldOutcome {}
}
