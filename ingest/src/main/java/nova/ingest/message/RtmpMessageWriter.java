package nova.ingest.message;

import java.util.List;
import nova.core.Bytes;
import nova.ingest.chunk.ChunkWriter;
import nova.ingest.chunk.RawMessage;
import nova.media.amf0.Amf0Writer;
import nova.media.bytes.ByteWriter;

/// Writes messages as chunks, each kind on the chunk stream that FFmpeg uses for it, too.
///
/// Spec: RTMP 1.0 §5.4, §7.1. *Confined to its connection's thread.*
public final class RtmpMessageWriter {
  private static final int CONTROL = 2; // §5.4: control messages use chunk stream 2
  private static final int COMMAND = 3;
  private static final int AUDIO = 4;
  private static final int STREAM_COMMAND = 5;
  private static final int VIDEO = 6;

  private final ChunkWriter chunks = new ChunkWriter();

  /// The chunks of `message`.
  public Bytes write(RtmpMessage message) {
    return chunks.write(chunkStreamOf(message), rawOf(message));
  }

  /// The whole message as the chunk layer carries it.
  public static RawMessage rawOf(RtmpMessage message) {
    return switch (message) {
      case SetChunkSize(int size) -> control(SetChunkSize.TYPE, u32(size));
      case AbortMessage(int chunkStream) -> control(AbortMessage.TYPE, u32(chunkStream));
      case Acknowledgement(long received) -> control(Acknowledgement.TYPE, u32(received));
      case WindowAcknowledgementSize(long window) ->
          control(WindowAcknowledgementSize.TYPE, u32(window));
      case SetPeerBandwidth(long window, int limitType) ->
          control(SetPeerBandwidth.TYPE, new ByteWriter(5).u32(window).u8(limitType).toBytes());
      case UserControl event -> control(UserControl.TYPE, userControl(event));
      case AudioMessage(int stream, long timestamp, Bytes payload) ->
          new RawMessage(AudioMessage.TYPE, stream, timestamp, payload);
      case VideoMessage(int stream, long timestamp, Bytes payload) ->
          new RawMessage(VideoMessage.TYPE, stream, timestamp, payload);
      case DataMessage data ->
          new RawMessage(
              DataMessage.TYPE_AMF0,
              data.streamId(),
              data.timestamp(),
              Amf0Writer.writeAll(data.values()));
      case CommandMessage command ->
          new RawMessage(CommandMessage.TYPE_AMF0, command.streamId(), 0, amfOf(command));
      case AggregateMessage(List<RawMessage> inner) ->
          throw new IllegalArgumentException(
              "aggregate of %d messages (expected: messages one by one)".formatted(inner.size()));
      case IgnoredMessage(int type) ->
          throw new IllegalArgumentException(
              "message type %d (expected: one that has a meaning)".formatted(type));
    };
  }

  private static int chunkStreamOf(RtmpMessage message) {
    return switch (message) {
      case AudioMessage _, DataMessage _ -> AUDIO;
      case VideoMessage _ -> VIDEO;
      case CommandMessage command -> command.streamId() == 0 ? COMMAND : STREAM_COMMAND;
      default -> CONTROL;
    };
  }

  private static Bytes amfOf(CommandMessage command) {
    Amf0Writer out = new Amf0Writer().string(command.name()).number(command.transaction());
    command.arguments().forEach(out::write);
    return out.toBytes();
  }

  private static Bytes userControl(UserControl event) {
    ByteWriter out = new ByteWriter(6).u16(event.event());
    switch (event) {
      case UserControl.StreamBegin(int stream) -> out.u32(stream);
      case UserControl.StreamEof(int stream) -> out.u32(stream);
      case UserControl.PingRequest(long timestamp) -> out.u32(timestamp);
      case UserControl.PingResponse(long timestamp) -> out.u32(timestamp);
      case UserControl.OtherEvent _ -> {}
    }
    return out.toBytes();
  }

  private static RawMessage control(int type, Bytes payload) {
    return new RawMessage(type, 0, 0, payload);
  }

  private static Bytes u32(long value) {
    return new ByteWriter(4).u32(value).toBytes();
  }
}
