extension TreeScan {
  /// Adds a length that may be a lie: the sum stays at the largest number instead of overflowing.
  mutating func addBytes(_ count: Int) {
    let (sum, overflow) = byteCount.addingReportingOverflow(count)
    byteCount = overflow ? .max : sum
  }

  /// Puts together what several threads, or several trees, found.
  init(merging parts: [TreeScan]) {
    self.init()
    for part in parts {
      files += part.files
      directories += part.directories
      links += part.links
      addBytes(part.byteCount)
      found += part.found
      problems += part.problems
    }
    found.sort { $0.path < $1.path }
    sortProblems()
  }

  /// Path order; whichever thread found them, problems of one name come in the same order.
  mutating func sortProblems() {
    problems.sort { a, b in
      a.name == b.name ? a.kind.description < b.kind.description : a.name.lexicographicallyPrecedes(b.name)
    }
  }
}
