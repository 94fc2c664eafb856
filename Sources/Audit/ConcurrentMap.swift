import PackageFiles

/// Mapping on all cores, in order.
enum ConcurrentMap {
  static func map<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ transform: @escaping @Sendable (Element) -> Result
  ) -> [Result] {
    if elements.count < 2 { return elements.map(transform) }
    return Array(unsafeUninitializedCapacity: elements.count) { results, count in
      // Each run writes its own places and no other.
      nonisolated(unsafe) let places = results
      // Few enough to leave no thread waiting for another's last ones, many enough to meet at the counter seldom.
      let step = max(1, elements.count / (16 * processorCount))
      let next = Monitor(0)
      onFreeCores(atMost: elements.count) {
        while true {
          let first = next.withLock { next in
            defer { next += step }
            return next
          }
          if first >= elements.count { return }
          for index in first..<min(first + step, elements.count) {
            places.initializeElement(at: index, to: transform(elements[index]))
          }
        }
      }
      count = elements.count
    }
  }
}
