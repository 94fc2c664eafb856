import Dispatch
import PackageFiles

/// A line on standard error when a check takes longer than half a second on a terminal; gone when it ends.
final class Progress: Sendable {
  private let state = Monitor<State>(.waiting)

  private enum State { case waiting, shown, ended }

  init() {
    guard StandardError.isTerminal else { return }
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(500)) { [self] in
      state.withLock { state in
        guard state == .waiting else { return }
        StandardError.write("Checking …")
        state = .shown
      }
    }
  }

  func end() {
    state.withLock { state in
      if state == .shown { StandardError.write("\r\u{1b}[K") }
      state = .ended
    }
  }
}
