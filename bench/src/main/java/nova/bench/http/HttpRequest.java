package nova.bench.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What a client asks for.
///
/// *Immutable.*
///
/// @param headers beside `Host`, `Accept-Encoding` and `Content-Length`
/// @param body empty for none
public record HttpRequest(String method, String path, Map<String, String> headers, String body) {
  public HttpRequest {
    headers = Map.copyOf(headers);
  }

  /// A GET without more headers.
  public static HttpRequest get(String path) {
    return new HttpRequest("GET", path, Map.of(), "");
  }

  /// Its bytes on the wire.
  ///
  /// Spec: RFC 9112 §3 (request line), §6 (Content-Length)
  byte[] bytes(String host) {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder(256);
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(host).append("\r\nAccept-Encoding: gzip\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (content.length > 0) {
      head.append("Content-Length: ").append(content.length).append("\r\n");
    }
    byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    byte[] whole = new byte[start.length + content.length];
    System.arraycopy(start, 0, whole, 0, start.length);
    System.arraycopy(content, 0, whole, start.length, content.length);
    return whole;
  }
}
