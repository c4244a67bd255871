package nova.packager;

import nova.core.StreamId;
import nova.framelog.SegmentBoundaryPolicy;

/// What the threads that package one stream write to together.
///
/// *Confined to the holder of its stream's lock.*
///
/// @param epochs as the source showed them
/// @param gaps what stands in for media that does not come
/// @param last where it ends here, while another process goes on
record StreamOutput(
    StreamId stream,
    PackagerConfig config,
    PackagerPorts ports,
    StreamEpochs epochs,
    TimelineBuilder timeline,
    Publication publication,
    Gaps gaps,
    LastSegment last) {
  static StreamOutput of(PackagerConfig config, PackagerPorts ports, TimelineBuilder timeline) {
    StreamEpochs epochs = new StreamEpochs();
    DvrWindow dvr = DvrWindow.of(config, SegmentBoundaryPolicy.TARGET_DURATION_SECONDS);
    Publication publication =
        new Publication(timeline, ports, dvr, SegmentBoundaryPolicy.TARGET_DURATION_SECONDS);
    return new StreamOutput(
        timeline.stream(),
        config,
        ports,
        epochs,
        timeline,
        publication,
        new Gaps(
            timeline, epochs, publication, dvr, Gaps.patienceWithRungs(config, ports.framesKept())),
        new LastSegment());
  }
}
