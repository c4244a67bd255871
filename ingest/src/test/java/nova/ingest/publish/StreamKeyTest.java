package nova.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import nova.core.Bytes;
import nova.ingest.chunk.RawMessage;
import nova.ingest.command.RtmpCommand;
import nova.ingest.message.CommandMessage;
import nova.ingest.message.RtmpMessageReader;
import nova.ingest.message.RtmpMessageWriter;
import nova.media.amf0.Amf0Null;
import nova.media.amf0.Amf0Object;
import nova.media.amf0.Amf0String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamKeyTest {
  @ParameterizedTest
  @CsvSource({
    "sk_abc, live, sk_abc",
    "sk_abc?token=x&y=1, live, sk_abc",
    "/sk_abc/, live/room, sk_abc",
    "a%20b%2Bc+d, live, a b+c+d",
    "100%, live, 100%",
    "'', live/sk_abc, sk_abc",
    "'', sk_abc?x=1, sk_abc",
    "?x=1, /sk_abc/, sk_abc",
  })
  void key_isFoundWhereEncodersPutIt(String name, String app, String key) {
    assertThat(StreamKey.of(name, app)).hasValue(new StreamKey(key));
  }

  @Test
  void key_thatIsMissingOrTooLong_isNone() {
    assertThat(StreamKey.of("", "")).isEmpty();
    assertThat(StreamKey.of("///", "?a=b")).isEmpty();
    assertThat(StreamKey.of("x".repeat(513), "live")).isEmpty();
  }

  @Test
  void key_isInNoText() {
    String secret = "sk_topsecret";
    CommandMessage publish =
        new CommandMessage(
            1,
            "publish",
            5,
            List.of(new Amf0Null(), new Amf0String(secret), new Amf0String("live")));
    CommandMessage announce =
        new CommandMessage(0, "FCPublish", 3, List.of(new Amf0Null(), new Amf0String(secret)));
    CommandMessage connect =
        new CommandMessage(
            0,
            "connect",
            1,
            List.of(
                new Amf0Object(
                    java.util.Map.of(
                        "app", new Amf0String("live/" + secret),
                        "tcUrl", new Amf0String("rtmp://h/live/" + secret)))));
    for (CommandMessage command : List.of(publish, announce, connect)) {
      RawMessage raw = RtmpMessageWriter.rawOf(command);
      assertThat(List.of(raw, RtmpMessageReader.read(raw), command, RtmpCommand.read(command)))
          .allSatisfy(
              value ->
                  assertThat(value.toString())
                      .doesNotContain("topsecret")
                      .doesNotContain(Bytes.ofUtf8("topsecret").toHex()));
    }
    PublishRequest request = new PublishRequest(new StreamKey(secret), "live/" + secret, "1.2.3.4");
    assertThat(request.toString()).doesNotContain("topsecret").contains("1.2.3.4");
    assertThat(new StreamKey(secret).toString()).doesNotContain("topsecret");
  }
}
