package nova.media.amf0;

/// One value of an RTMP command or of metadata.
///
/// Spec: AMF0 §2.1. *Immutable.*
public sealed interface Amf0Value
    permits Amf0Number,
        Amf0Boolean,
        Amf0String,
        Amf0Properties,
        Amf0Null,
        Amf0Undefined,
        Amf0StrictArray,
        Amf0Date {}
