/// The channels of the API.
///
/// Channels in, JSON out. Start reading at [ChannelRoutes].
@NullMarked
package nova.api.channel;

import org.jspecify.annotations.NullMarked;
