/// Adapters on Redis: what servers that share streams tell each other, and the media they share.
///
/// [RedisConnections] opens the connections that all others use. A packager's output goes in
/// through a [RedisMediaPublisher]; timelines come out through a [RedisTimelineReplica] and bytes
/// through a [RedisMediaReader]. Who does what is agreed upon through [StreamLeases] and
/// [RedisChannelClaims]. Databases, keys and lifetimes are in docs/redis.md.
@NullMarked
package nova.backends.redis;

import org.jspecify.annotations.NullMarked;
