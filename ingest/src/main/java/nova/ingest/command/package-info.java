/// Commands of RTMP publishers and the answers to them.
///
/// [nova.ingest.message.CommandMessage] in, [RtmpCommand] out; [CommandReplies] makes the answers.
/// Start reading at [RtmpCommand].
@NullMarked
package nova.ingest.command;

import org.jspecify.annotations.NullMarked;
