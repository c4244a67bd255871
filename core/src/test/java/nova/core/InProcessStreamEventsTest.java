package nova.core;

class InProcessStreamEventsTest extends StreamEventsContract {
  @Override
  protected StreamEvents newEvents() {
    return new InProcessStreamEvents((event, failure) -> failures.add(failure));
  }
}
