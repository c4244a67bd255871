package nova.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamRecovering;
import nova.core.StreamEvent.StreamStarted;
import nova.core.TrackDescription;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.media.MediaFrame;

/// Sends the bytes of real encoders over a real socket and reads the log that becomes of them.
final class CaptureReplay {
  private CaptureReplay() {}

  /// Sends bytes to a socket.
  @FunctionalInterface
  private interface Sender {
    void send(Socket socket) throws Exception;
  }

  /// Sends a capture at full speed as `nextLength` cuts it and returns the frames that were logged.
  static List<MediaFrame> frames(Capture capture, IntUnaryOperator nextLength) throws Exception {
    return logged(capture, socket -> send(capture.bytes(), socket, nextLength));
  }

  /// Sends a capture with the pauses that were recorded with it.
  static List<MediaFrame> framesAtNormalSpeed(Capture capture) throws Exception {
    return logged(capture, socket -> sendAtNormalSpeed(capture, socket));
  }

  private static List<MediaFrame> logged(Capture capture, Sender sender) throws Exception {
    try (TestServer server = TestServer.start()) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        sender.send(socket);
        socket.shutdownOutput();
        socket.getInputStream().readAllBytes();
      }
      StreamStarted started = server.await(StreamStarted.class);
      List<LogEntry> entries =
          capture == Capture.OBS_30
              ? server.readUntil(started.stream(), LogEntry.EpochEnded.class)
              : server.readToEnd(started.stream());
      assertThat(server.await(EpochBegan.class).tracks())
          .allMatch(
              t ->
                  t instanceof TrackDescription.Audio(var _, var codec, var rate, var _)
                      ? codec.equals("mp4a.40.2") && rate >= 44_100
                      : t instanceof TrackDescription.Video v && v.width() == 320);
      if (capture == Capture.OBS_30) {
        server.await(StreamRecovering.class); // the recording stops without a goodbye
      } else {
        server.await(StreamEnded.class);
      }
      assertThat(server.events).noneMatch(StreamError.class::isInstance);
      assertThat(entries.stream().filter(TrackFormatChanged.class::isInstance))
          .hasSizeBetween(1, 2);
      return entries.stream()
          .filter(LoggedFrame.class::isInstance)
          .map(entry -> ((LoggedFrame) entry).frame())
          .toList();
    }
  }

  private static void send(byte[] bytes, Socket socket, IntUnaryOperator nextLength)
      throws IOException {
    socket.setTcpNoDelay(true);
    List<byte[]> parts =
        List.of(
            Arrays.copyOf(bytes, Capture.HELLO),
            Arrays.copyOfRange(bytes, Capture.HELLO, bytes.length));
    for (byte[] part : parts) {
      int at = 0;
      while (at < part.length) {
        int length = Math.min(part.length - at, nextLength.applyAsInt(part.length - at));
        socket.getOutputStream().write(part, at, length);
        at += length;
      }
      if (part.length == Capture.HELLO) {
        readHandshake(socket);
      }
    }
  }

  private static void sendAtNormalSpeed(Capture capture, Socket socket) throws Exception {
    byte[] bytes = capture.bytes();
    socket.setTcpNoDelay(true);
    socket.getOutputStream().write(bytes, 0, Capture.HELLO);
    readHandshake(socket);
    int sent = Capture.HELLO;
    long start = System.nanoTime();
    for (Capture.Arrival arrival : capture.arrivals()) {
      if (arrival.offset() > sent) {
        TimeUnit.NANOSECONDS.sleep(start + arrival.ms() * 1_000_000L - System.nanoTime());
        socket.getOutputStream().write(bytes, sent, arrival.offset() - sent);
        sent = arrival.offset();
      }
    }
    socket.getOutputStream().write(bytes, sent, bytes.length - sent);
  }

  private static void readHandshake(Socket socket) throws IOException {
    socket.getInputStream().readNBytes(1 + 2 * 1_536);
  }
}
