import Dispatch

/// Mapping on all cores, in order.
enum ConcurrentMap {
  static func map<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ transform: @Sendable (Element) -> Result
  ) -> [Result] {
    if elements.count < 2 { return elements.map(transform) }
    return Array(unsafeUninitializedCapacity: elements.count) { results, count in
      // Each run writes its own place and no other.
      nonisolated(unsafe) let places = results
      DispatchQueue.concurrentPerform(iterations: elements.count) { index in
        places.initializeElement(at: index, to: transform(elements[index]))
      }
      count = elements.count
    }
  }
}
