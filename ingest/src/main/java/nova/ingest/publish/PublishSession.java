package nova.ingest.publish;

import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nova.core.StreamId;
import nova.core.TrackKind;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogUnavailableException;
import nova.framelog.WriterFencedException;
import nova.ingest.chunk.RtmpLimits;
import nova.ingest.message.AudioMessage;
import nova.ingest.message.DataMessage;
import nova.ingest.message.VideoMessage;
import nova.media.TrackFormat;
import nova.media.amf0.Amf0Properties;
import nova.media.amf0.Amf0String;
import nova.media.amf0.Amf0Value;
import org.jspecify.annotations.Nullable;

/// What one accepted publisher sends, on its way into the log.
///
/// ```
/// message ─▶ FrameAssembler ─▶ RtmpTimestamps ─▶ StandingClock ─▶ SourceClock ─▶ TrackProbe ─▶ EpochWriter ─▶ log
///            formats, frames   64-bit times      times that move  no jumps       which tracks   ticks
/// ```
///
/// An epoch begins when the tracks are known, and another one when a format changes, a track comes
/// late, or the encoder's clock jumped; with video always at a keyframe. When that happens more
/// often than [EpochAllowance] lets it, frames of a changed format are dropped.
///
/// *Confined to its connection's thread.*
public final class PublishSession {
  private final StreamGrant grant;
  private final HealthMeter health;
  private final RtmpTimestamps timestamps = new RtmpTimestamps();
  private final FrameAssembler assembler;
  private final SourceClock clock = new SourceClock();
  private final Map<TrackKind, StandingClock> standing = new EnumMap<>(TrackKind.class);
  private final TrackProbe probe = new TrackProbe();

  private final Map<TrackKind, TrackFormat> formats = new EnumMap<>(TrackKind.class);
  private final SourceLoad load;
  private @Nullable EpochWriter epoch;
  private boolean tooOften; // the latest change of formats or clock made no epoch
  private boolean over;
  private long bytesBefore; // until the last tick
  private long framesBefore;

  public PublishSession(StreamGrant grant, RtmpLimits limits) {
    this.grant = grant;
    this.health = grant.health();
    this.health.sessionBegan();
    this.load = new SourceLoad(limits);
    this.bytesBefore = health.receivedBytes();
    this.framesBefore = health.videoFrames();
    this.assembler =
        new FrameAssembler(
            limits,
            health,
            new FrameAssembler.Output() {
              @Override
              public void onFormat(TrackKind track, TrackFormat format) {
                TrackFormat before = formats.put(track, format);
                if (before != null) {
                  probe.forget(track);
                }
              }

              @Override
              public void onRefused(TrackKind track) {
                formats.remove(track);
                probe.forget(track);
              }

              @Override
              public void onFrame(SourceFrame frame) {
                PublishSession.this.onFrame(frame);
              }
            });
  }

  public StreamId stream() {
    return grant.id();
  }

  /// Takes sound.
  ///
  /// @throws WriterFencedException when another server carries the stream now
  /// @throws LogUnavailableException when it cannot be stored
  public void audio(AudioMessage message, Instant arrivedAt) {
    if (!over) {
      assembler.audio(message.timestamp(), message.payload(), arrivedAt);
    }
  }

  /// Takes a picture.
  ///
  /// @throws WriterFencedException when another server carries the stream now
  /// @throws LogUnavailableException when it cannot be stored
  public void video(VideoMessage message, Instant arrivedAt) {
    if (!over) {
      assembler.video(message.timestamp(), message.payload(), arrivedAt);
    }
  }

  /// Metadata says which tracks to expect, and is believed in nothing else.
  public void data(DataMessage message) {
    List<Amf0Value> values = message.values();
    int name =
        !values.isEmpty() && values.getFirst().equals(new Amf0String("@setDataFrame")) ? 1 : 0;
    if (values.size() > name + 1
        && values.get(name).equals(new Amf0String("onMetaData"))
        && values.get(name + 1) instanceof Amf0Properties metadata) {
      if (metadata.get("videocodecid").isPresent()) {
        probe.announce(TrackKind.VIDEO);
      }
      if (metadata.get("audiocodecid").isPresent()) {
        probe.announce(TrackKind.AUDIO);
      }
    }
  }

  /// Bytes arrived on the connection.
  public void received(long bytes) {
    health.received(bytes);
  }

  /// A message could not be read and was dropped.
  public void dropped(String reason) {
    health.dropped(reason);
  }

  /// Reports the health of the stream; called about once a second.
  ///
  /// @throws nova.media.LimitExceededException when the source sends more than it may
  public void tick() {
    if (over) {
      return;
    }
    if (epoch != null) {
      health.reportFrames();
      grant.measured(health.health());
    }
    long bytes = health.receivedBytes() - bytesBefore;
    long frames = health.videoFrames() - framesBefore;
    bytesBefore += bytes;
    framesBefore += frames;
    load.second(bytes, frames);
  }

  /// Whether frames went into the log.
  public boolean hasBegun() {
    return epoch != null;
  }

  /// Whether all that was sent so far is of kinds that Nova does not carry, and sound and picture
  /// both came.
  public boolean isRefusedWholly() {
    return formats.isEmpty() && refusedTracks().size() == TrackKind.values().length;
  }

  /// Why nothing of it can be shown, as sentences for the broadcaster.
  public String obstacle() {
    return health.obstacle();
  }

  /// Ends the session: the epoch is closed and the stream given back. Only the first call counts.
  public void end(EpochEnd end, StreamGrant.Release release) {
    if (over) {
      return;
    }
    over = true;
    try {
      if (epoch == null && probe.isDecided(formats.keySet(), EnumSet.allOf(TrackKind.class))) {
        List<SourceFrame> held = probe.release(); // a broadcast shorter than the probe
        if (grant.epochs().take(held.getLast().arrivedAt())) {
          beginWith(held);
        }
      }
      grant.log().endEpoch(end);
    } catch (WriterFencedException | LogUnavailableException e) {
      // Whoever reads sees that the epoch is over when the next one begins.
    }
    health.reportFrames();
    grant.release(release);
  }

  private void onFrame(SourceFrame source) {
    SourceFrame frame = source.at(repairedTime(source));
    EpochWriter current = epoch;
    if (current == null) {
      probe.hold(frame);
      if (probe.isDecided(formats.keySet(), refusedTracks())
          && grant.epochs().take(frame.arrivedAt())) {
        beginWith(probe.release());
      }
      return;
    }
    boolean changed = clock.isJumped() || !current.hasTracksOf(formats);
    if (!changed) {
      tooOften = false;
    } else if (canBeginAt(frame)) {
      tooOften = !grant.epochs().take(frame.arrivedAt());
      if (!tooOften) {
        current = begin(frame);
      }
    }
    TrackFormat format = formats.get(frame.track());
    if (format != null && current.carries(frame.track(), format)) {
      current.write(frame);
    } else if (tooOften) {
      health.changedTooOften();
    } else {
      health.waitsForKeyframe(frame.track());
    }
  }

  private boolean canBeginAt(SourceFrame frame) {
    return !formats.containsKey(TrackKind.VIDEO)
        || (frame.track() == TrackKind.VIDEO && frame.keyframe());
  }

  private long repairedTime(SourceFrame frame) {
    long sourceMs = timestamps.unwrap(frame.timeMs());
    long movingMs =
        standing
            .computeIfAbsent(frame.track(), _ -> new StandingClock())
            .timeOf(sourceMs, frame.arrivedAt());
    long jumps = clock.jumps();
    long time = clock.timeOf(frame.track(), movingMs);
    health.repaired(clock.jumps() - jumps + (movingMs == sourceMs ? 0 : 1));
    return time;
  }

  private void beginWith(List<SourceFrame> held) {
    EpochWriter begun = begin(earliest(held));
    held.forEach(begun::write);
  }

  private EpochWriter begin(SourceFrame first) {
    EpochWriter begun = new EpochWriter(grant.log(), health, formats, first);
    epoch = begun;
    clock.settle();
    grant.epochBegan(begun.epoch(), begun.describe());
    return begun;
  }

  private static SourceFrame earliest(List<SourceFrame> frames) {
    SourceFrame earliest = frames.getFirst();
    for (SourceFrame frame : frames) {
      if (frame.timeMs() < earliest.timeMs()) {
        earliest = frame;
      }
    }
    return earliest;
  }

  private Set<TrackKind> refusedTracks() {
    Set<TrackKind> refused = EnumSet.noneOf(TrackKind.class);
    for (TrackKind kind : TrackKind.values()) {
      if (assembler.isRefused(kind)) {
        refused.add(kind);
      }
    }
    return refused;
  }
}
