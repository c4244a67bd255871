package nova.transcode;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import nova.core.Bytes;
import nova.core.StreamId;

/// Ladders as a server that all processes share keeps them: as bytes.
///
/// *Thread-safe.*
final class KeptLadders implements LadderStore {
  private final Map<StreamId, Bytes> ladders = new ConcurrentHashMap<>();

  @Override
  public void put(StreamId stream, RunningLadder ladder) {
    ladders.put(stream, ladder.toBytes());
  }

  @Override
  public Optional<RunningLadder> find(StreamId stream) {
    return Optional.ofNullable(ladders.get(stream)).map(RunningLadder::read);
  }

  @Override
  public void remove(StreamId stream) {
    ladders.remove(stream);
  }
}
