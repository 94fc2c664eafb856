import PackageFiles

/// Mapping on all cores that are free, in order.
enum ConcurrentMap {
  static func map<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ transform: @escaping @Sendable (Element) -> Result
  ) -> [Result] {
    if elements.count < 2 { return elements.map(transform) }
    return Array(unsafeUninitializedCapacity: elements.count) { results, count in
      // Each run writes its own places and no other.
      nonisolated(unsafe) let places = results
      let next = Monitor(0)
      onFreeCores(atMost: elements.count) {
        while let range = next.withLock({ takeSome(of: elements.count, from: &$0) }) {
          for index in range { places.initializeElement(at: index, to: transform(elements[index])) }
        }
      }
      count = elements.count
    }
  }

  /// The next elements for a thread: several, to meet the others seldom, and few, for those of one package stand together and
  /// can cost much; towards the end one by one. `nil` where none is left.
  private static func takeSome(of count: Int, from next: inout Int) -> Range<Int>? {
    guard next < count else { return nil }
    let start = next
    next += max(1, min(8, (count - start) / (4 * processorCount)))
    return start..<next
  }
}
