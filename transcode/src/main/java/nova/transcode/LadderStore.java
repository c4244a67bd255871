package nova.transcode;

import java.util.Optional;
import nova.core.StreamId;

/// Port: the ladders that streams on air are encoded to, for a process that goes on when this one
/// is gone. What is put is found by others a moment later; nothing blocks for longer than it takes
/// to ask.
///
/// *Thread-safe.*
public interface LadderStore {
  /// There are no other processes.
  LadderStore NONE =
      new LadderStore() {
        @Override
        public void put(StreamId stream, RunningLadder ladder) {}

        @Override
        public Optional<RunningLadder> find(StreamId stream) {
          return Optional.empty();
        }

        @Override
        public void remove(StreamId stream) {}
      };

  /// Replaces the stream's ladder.
  void put(StreamId stream, RunningLadder ladder);

  /// The stream's ladder; empty when there is none, or it cannot be asked for.
  Optional<RunningLadder> find(StreamId stream);

  /// Forgets the stream's ladder. Idempotent.
  void remove(StreamId stream);
}
