package nova.bench.http;

import nova.core.Bytes;

/// An answer with the moments its bytes arrived.
///
/// *Immutable.*
///
/// @param body empty when the caller did not ask to keep it
/// @param bodyLength bytes of the body on the wire
/// @param gzip whether the body is compressed
/// @param firstByteNanos `System.nanoTime` when the first byte of the head had been read
/// @param lastByteNanos when the last byte of the body had been read
public record HttpResponse(
    int status,
    Bytes body,
    long bodyLength,
    boolean gzip,
    long firstByteNanos,
    long lastByteNanos) {}
