import CLibrary

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// State that several threads share, with the lock that guards it.
///
/// Plain pthreads: `Synchronization.Mutex` needs macOS 15.
public final class Monitor<State>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var state: State

  /// Takes over the state, which nobody else may keep.
  public init(_ state: sending State) {
    self.state = state
    airworthy_prepare_mutex(mutex)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Calls `body` with the state while no other thread has it; a call inside of `body` would wait for itself.
  public func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&state)
  }

  /// Like `withLock`, for changes that a thread in `wait` may be waiting for.
  func update<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
    defer { pthread_cond_broadcast(changed) }
    return try withLock(body)
  }

  /// Sleeps until `body` gives a value. The access to the state ends before each sleep, so that others may change it.
  func wait<Result>(_ body: (inout State) -> Result?) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&state) { return result }
      pthread_cond_wait(changed, mutex)
    }
  }
}

/// How many processors there are for threads of this process, at least one.
public let processorCount = max(Int(airworthy_processor_count()), 1)

/// Runs `body` once per core, the calling thread included, and returns what each run gave; at most `limit` times where more
/// would find nothing to do.
///
/// Threads that cannot be started are done without: `body` must finish the work however many there are.
func onAllCores<Result>(atMost limit: Int = 32, _ body: @escaping @Sendable () -> Result) -> [Result] {
  let threads = Threads(min(processorCount, 32, limit) - 1, body)
  let own = body()
  return threads.results() + [own]
}

/// Runs `body` on the calling thread and on one more for each core that no other call of this function has taken, at most
/// `limit` times, until every run has ended.
///
/// Threads that cannot be started are done without: `body` must finish the work however many there are.
public func onFreeCores(atMost limit: Int, _ body: @escaping @Sendable () -> Void) {
  let wanted = takenCores.withLock { taken in
    let free = min(processorCount, 32) - 1 - taken
    let wanted = max(0, min(free, limit - 1))
    taken += wanted
    return wanted
  }
  let threads = Threads(wanted, elsewhere: true) {
    body()
    takenCores.withLock { $0 -= 1 }
  }
  takenCores.withLock { $0 -= wanted - threads.count }
  body()
  // While this thread waits, its core is free for calls inside of those that go on.
  takenCores.withLock { $0 -= 1 }
  _ = threads.results()
  takenCores.withLock { $0 += 1 }
}

/// The cores on which runs of `onFreeCores` go on, beside the callers' own; less those of callers that only wait.
private let takenCores = Monitor(0)

/// Like `onAllCores`, on threads with file descriptors of their own (copies of those that are open now), while the calling
/// thread waits: the kernel then opens, reads and closes files without guarding against other threads.
///
/// Where the system refuses to give a thread its own, and where no thread can be started, all is the same but slower.
func onAllCoresWithOwnDescriptors<Result>(
  atMost limit: Int = 32, _ body: @escaping @Sendable () -> Result
) -> [Result] {
  let threads = Threads(min(processorCount, 32, limit)) {
    _ = airworthy_own_descriptors()
    return body()
  }
  return threads.count == 0 ? [body()] : threads.results()
}

/// Some threads that run the same.
private struct Threads<Result> {
  private let found = Monitor<[Result]>([])
  private var threads: [pthread_t] = []

  var count: Int { threads.count }

  /// - Parameter elsewhere: whether the calling thread goes on meanwhile, so that they should not begin on its core.
  init(_ count: Int, elsewhere: Bool = false, _ body: @escaping @Sendable () -> Result) {
    let found = found
    for _ in 0..<max(count, 0) {
      let work = Unmanaged.passRetained(
        ThreadBody {
          if elsewhere { airworthy_run_anywhere() }
          let result = body()
          found.withLock { $0.append(result) }
        })
      if let thread = startThread(work, elsewhere: elsewhere) { threads.append(thread) } else { work.release() }
    }
  }

  /// What each of them gave, when all have ended.
  func results() -> [Result] {
    for thread in threads { pthread_join(thread, nil) }
    return found.withLock { $0 }
  }
}

/// What another thread works out while this one goes on; the one that asks for it does the work where no thread can be had.
public final class Meanwhile<Value: Sendable>: @unchecked Sendable {
  private let state: Monitor<State>
  /// Taken by the one that runs it, so that what it captures is given back.
  private var body: (@Sendable () -> Value)?
  /// A retained `Worked`, once the value is there: asking for it then takes no lock.
  private let worked = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: 1)

  private enum State { case open, begun, done }

  private final class Worked {
    let value: Value
    init(_ value: Value) { self.value = value }
  }

  /// - Parameter elsewhere: whether it must not begin on the core of the calling thread, as where a scan goes before.
  public convenience init(elsewhere: Bool = false, _ body: @escaping @Sendable () -> Value) {
    self.init(open: body)
    _ = start(elsewhere: elsewhere)
  }

  /// A value that waits for no other, worked out by another thread where there are processors enough, and else by the first
  /// that asks for it or that waits for any value.
  public static func byWhoeverWaits(_ body: @escaping @Sendable () -> Value) -> Meanwhile {
    let value = Meanwhile(open: body)
    if processorCount <= 2 || !value.start() { openWork.withLock { $0[ObjectIdentifier(value)] = { value.run() } } }
    return value
  }

  /// A value that the first who asks for it works out, and that others who ask wait for.
  public static func whenAsked(_ body: @escaping @Sendable () -> Value) -> Meanwhile { Meanwhile(open: body) }

  private init(open body: @escaping @Sendable () -> Value) {
    state = Monitor(.open)
    self.body = body
    worked.initialize(to: nil)
  }

  /// Whether a thread could be had.
  private func start(elsewhere: Bool = false) -> Bool {
    let work = Unmanaged.passRetained(
      ThreadBody {
        if elsewhere { airworthy_run_anywhere() }
        self.run()
      })
    guard let thread = startThread(work, elsewhere: elsewhere) else {
      work.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  /// A value that is there already, without a thread.
  public init(value: Value) {
    state = Monitor(.done)
    worked.initialize(to: Unmanaged.passRetained(Worked(value)).toOpaque())
  }

  deinit {
    if let found = worked.pointee { Unmanaged<Worked>.fromOpaque(found).release() }
    worked.deallocate()
  }

  private func run() {
    let body = state.withLock { state -> (@Sendable () -> Value)? in
      guard state == .open else { return nil }
      state = .begun
      defer { self.body = nil }
      return self.body
    }
    openWork.withLock { $0[ObjectIdentifier(self)] = nil }
    guard let body else { return }
    let value = Unmanaged.passRetained(Worked(body())).toOpaque()
    state.update { state in
      airworthy_publish(worked, value)
      state = .done
    }
  }

  /// The value, where it is there already.
  public var valueIfReady: Value? {
    airworthy_published(worked).map { Unmanaged<Worked>.fromOpaque($0).takeUnretainedValue().value }
  }

  /// The value, once it is there.
  public func value() -> Value {
    if let value = valueIfReady { return value }
    run()
    while valueIfReady == nil, let work = openWork.withLock({ $0.first?.value }) { work() }
    state.wait { $0 == .done ? () : nil }
    guard let value = valueIfReady else { preconditionFailure("what is done has a value") }
    return value
  }
}

/// What has no thread of its own, for those that would only wait.
private let openWork = Monitor<[ObjectIdentifier: @Sendable () -> Void]>([:])

private final class ThreadBody {
  let run: () -> Void
  init(_ run: @escaping () -> Void) { self.run = run }
}

/// - Parameter elsewhere: whether it must not begin on the core of the calling thread. Linux places a thread by what its cores
///   had to do in the last tenths of a second: behind a scan on all of them it takes each for busy, and leaves the new thread to
///   wait on the caller's core while others are idle.
private func startThread(_ work: Unmanaged<ThreadBody>, elsewhere: Bool = false) -> pthread_t? {
  var attributes = pthread_attr_t()
  guard pthread_attr_init(&attributes) == 0 else { return nil }
  defer { pthread_attr_destroy(&attributes) }
  // What the main thread has on Linux; musl and Darwin would give far less, and JavaScript is gone through by recursion.
  pthread_attr_setstacksize(&attributes, 8 << 20)
  if elsewhere { airworthy_start_elsewhere(&attributes) }
  #if canImport(Darwin)
    var thread: pthread_t?
    let status = pthread_create(&thread, &attributes, { runBody($0) }, work.toOpaque())
    return status == 0 ? thread : nil
  #else
    var thread = pthread_t()
    if pthread_create(&thread, &attributes, { $0.flatMap(runBody) }, work.toOpaque()) == 0 { return thread }
    // A system that refuses to bind a thread to cores has refused the thread.
    return elsewhere ? startThread(work) : nil
  #endif
}

private func runBody(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
  Unmanaged<ThreadBody>.fromOpaque(pointer).takeRetainedValue().run()
  return nil
}
