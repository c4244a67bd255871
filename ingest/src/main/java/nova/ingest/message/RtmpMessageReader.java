package nova.ingest.message;

import java.util.List;
import nova.core.Bytes;
import nova.ingest.chunk.RawMessage;
import nova.media.MalformedMediaException;
import nova.media.amf0.Amf0Limits;
import nova.media.amf0.Amf0Number;
import nova.media.amf0.Amf0Reader;
import nova.media.amf0.Amf0String;
import nova.media.amf0.Amf0Value;
import nova.media.bytes.ByteReader;

/// Says what a whole message means.
///
/// Spec: RTMP 1.0 §5.4, §7.1
public final class RtmpMessageReader {
  private static final Amf0Limits AMF_LIMITS = new Amf0Limits(16, 4_096, 1 << 18);

  private RtmpMessageReader() {}

  /// The meaning of `raw`.
  ///
  /// @throws MalformedMediaException when the payload is not what the type asks for
  /// @throws nova.media.LimitExceededException when an AMF value is larger than encoders need
  public static RtmpMessage read(RawMessage raw) {
    Bytes payload = raw.payload();
    return switch (raw.type()) {
      case SetChunkSize.TYPE -> new SetChunkSize(payloadOf(raw, 4).s32());
      case AbortMessage.TYPE -> new AbortMessage(payloadOf(raw, 4).s32());
      case Acknowledgement.TYPE -> new Acknowledgement(payloadOf(raw, 4).u32());
      case UserControl.TYPE -> userControl(payload);
      case WindowAcknowledgementSize.TYPE -> new WindowAcknowledgementSize(payloadOf(raw, 4).u32());
      case SetPeerBandwidth.TYPE -> {
        ByteReader in = payloadOf(raw, 5);
        yield new SetPeerBandwidth(in.u32(), in.u8());
      }
      case AudioMessage.TYPE -> new AudioMessage(raw.streamId(), raw.timestamp(), payload);
      case VideoMessage.TYPE -> new VideoMessage(raw.streamId(), raw.timestamp(), payload);
      case DataMessage.TYPE_AMF0 -> data(raw, payload);
      case DataMessage.TYPE_AMF3 -> data(raw, withoutFormat(payload));
      case CommandMessage.TYPE_AMF0 -> command(raw, payload);
      case CommandMessage.TYPE_AMF3 -> command(raw, withoutFormat(payload));
      case AggregateMessage.TYPE -> AggregateMessage.read(raw);
      default -> new IgnoredMessage(raw.type());
    };
  }

  private static ByteReader payloadOf(RawMessage raw, int length) {
    if (raw.payload().length() != length) {
      throw new MalformedMediaException(
          "bad-control-message",
          "control message type %d of %d bytes (expected: %d)"
              .formatted(raw.type(), raw.payload().length(), length));
    }
    return new ByteReader(raw.payload(), "control-message");
  }

  private static UserControl userControl(Bytes payload) {
    ByteReader in = new ByteReader(payload, "user-control");
    int event = in.u16();
    return switch (event) {
      case UserControl.StreamBegin.EVENT -> new UserControl.StreamBegin(in.s32());
      case UserControl.StreamEof.EVENT -> new UserControl.StreamEof(in.s32());
      case UserControl.PingRequest.EVENT -> new UserControl.PingRequest(in.u32());
      case UserControl.PingResponse.EVENT -> new UserControl.PingResponse(in.u32());
      default -> new UserControl.OtherEvent(event);
    };
  }

  private static DataMessage data(RawMessage raw, Bytes amf) {
    return new DataMessage(
        raw.streamId(), raw.timestamp(), new Amf0Reader(amf, AMF_LIMITS).readRest());
  }

  private static CommandMessage command(RawMessage raw, Bytes amf) {
    List<Amf0Value> values = new Amf0Reader(amf, AMF_LIMITS).readRest();
    if (values.isEmpty() || !(values.getFirst() instanceof Amf0String(String name))) {
      throw new MalformedMediaException(
          "bad-command", "a command without a name (expected: an AMF string first)");
    }
    double transaction =
        values.size() > 1 && values.get(1) instanceof Amf0Number(double number) ? number : 0;
    return new CommandMessage(
        raw.streamId(),
        name,
        transaction,
        values.subList(Math.min(2, values.size()), values.size()));
  }

  /// AMF3 messages begin with a format byte 0; some clients leave it out (`02 00 07 …`, an AMF0
  /// string, comes first).
  private static Bytes withoutFormat(Bytes payload) {
    return !payload.isEmpty() && payload.get(0) == 0 ? payload.slice(1) : payload;
  }
}
