import CLibrary

/// What the threads of a scan hand one another, by path: none knows the others' descriptors.
final class DirectoryPool: @unchecked Sendable {
  enum Share {
    /// Directories to read, with all below them; their paths from the tree's root.
    case directories([[UInt8]])
    /// Some entries of a large directory, as `DirectoryBatch` keeps them; its path from the tree's root.
    case entries(of: [UInt8], [UInt8])
  }

  private struct State {
    var shares: [Share]
    /// Threads that have a share and may hand on some of it.
    var busy = 0
    /// Threads that wait for a share.
    var waiting = 0
  }

  private let state: Monitor<State>
  /// How many threads would get nothing, as a hint that is read without the lock.
  private let lacking = UnsafeMutablePointer<Int32>.allocate(capacity: 1)

  init(_ shares: [Share]) {
    state = Monitor(State(shares: shares))
    lacking.initialize(to: 0)
  }

  deinit { lacking.deallocate() }

  /// Whether some of a thread's work is worth handing to another one.
  var isLacking: Bool { airworthy_load(lacking) > 0 }

  func add(_ share: Share) {
    state.update { state in
      state.shares.append(share)
      noteLacking(state)
    }
  }

  /// The first share of a thread; `nil` when all work is done.
  func first() -> Share? {
    state.withLock { wait(&$0) }
    return take()
  }

  /// Gives back what is done, and waits for the next; `nil` when all work is done.
  func next() -> Share? {
    state.update { state in
      state.busy -= 1
      wait(&state)
    }
    return take()
  }

  private func take() -> Share? {
    state.wait { state -> Share?? in
      guard let share = state.shares.popLast() else { return state.busy == 0 ? .some(nil) : nil }
      state.waiting -= 1
      state.busy += 1
      noteLacking(state)
      return share
    }
  }

  private func wait(_ state: inout State) {
    state.waiting += 1
    noteLacking(state)
  }

  private func noteLacking(_ state: State) {
    airworthy_store(lacking, Int32(truncatingIfNeeded: state.waiting - state.shares.count))
  }
}
