/// The frame log and the events of streams on Kafka, for servers of more than one process.
///
/// Entries and events in, records of three topics out, and back. `docs/kafka.md` tells what an
/// operator must know. Start reading at [KafkaBackend], then [FrameRecord] and [StreamIndex].
@NullMarked
package nova.backends.kafka;

import org.jspecify.annotations.NullMarked;
