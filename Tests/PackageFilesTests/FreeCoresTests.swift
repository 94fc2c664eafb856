import Foundation
import Testing

@testable import PackageFiles

/// One after the other: all calls share the cores.
@Suite("Work on free cores", .serialized) struct FreeCoresTests {
  /// How many runs there were, how many at once, and how many had ended when the call returned.
  private struct Count {
    var begun = 0, running = 0, most = 0, ended = 0
  }

  private func run(atMost limit: Int, _ work: @escaping @Sendable () -> Void) -> Count {
    let count = Monitor(Count())
    onFreeCores(atMost: limit) {
      count.withLock {
        $0.begun += 1
        $0.running += 1
        $0.most = max($0.most, $0.running)
      }
      work()
      count.withLock {
        $0.running -= 1
        $0.ended += 1
      }
    }
    return count.withLock { $0 }
  }

  @Test("Each run has ended when the call returns, and there are no more than asked for")
  func ends() {
    for limit in [1, 2, 100] {
      let count = run(atMost: limit) { usleep(1000) }
      #expect(count.begun == count.ended)
      #expect((1...limit).contains(count.begun))
      #expect(count.most <= processorCount)
    }
  }

  @Test("What a call has taken others can take when it has ended")
  func givesBack() {
    for _ in 0..<3 { _ = run(atMost: 100) {} }
    // Other tests may have cores for a moment.
    let wanted = min(processorCount, 32)
    let all = (0..<2000).lazy.map { _ in run(atMost: 100) { usleep(1000) }.begun }.first { $0 == wanted }
    #expect(all != nil)
  }

  @Test("A call inside a call takes no core twice")
  func nested() {
    let running = Monitor((now: 0, most: 0))
    let inner = Monitor(0)
    onFreeCores(atMost: 100) {
      for _ in 0..<20 {
        onFreeCores(atMost: 100) {
          running.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
          }
          usleep(500)
          running.withLock { $0.now -= 1 }
          inner.withLock { $0 += 1 }
        }
      }
    }
    #expect(inner.withLock { $0 } >= 20)
    #expect(running.withLock { $0.most } <= processorCount)
  }
}
