package nova.delivery.http;

/// What a path names, ready to answer any number of requests for it.
///
/// *Immutable.*
@FunctionalInterface
interface FoundMedia {
  void answer(Reply reply);
}
