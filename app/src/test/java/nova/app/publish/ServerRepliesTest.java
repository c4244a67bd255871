package nova.app.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import java.util.Map;
import nova.ingest.message.CommandMessage;
import nova.media.amf0.Amf0Null;
import nova.media.amf0.Amf0Object;
import nova.media.amf0.Amf0String;
import org.junit.jupiter.api.Test;

class ServerRepliesTest {
  @Test
  void requestToReconnect_isNoted_andEndsNothing() {
    ServerReplies replies = new ServerReplies();
    assertThat(replies.isAskedToMove()).isFalse();

    replies.onCommand(
        new CommandMessage(
            0,
            "onStatus",
            0,
            List.of(
                new Amf0Null(),
                new Amf0Object(
                    Map.of(
                        "code", new Amf0String("NetConnection.Connect.ReconnectRequest"),
                        "level", new Amf0String("status"))))));

    assertThat(replies.isAskedToMove()).isTrue();
    assertThatCode(replies::check).doesNotThrowAnyException();
  }
}
