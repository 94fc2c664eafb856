import Testing

@testable import PackageFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

@Suite("The threads of a scan share its work, and close what they open")
struct DirectoryScanTests {
  private func text(_ paths: [[UInt8]]) -> [String] { paths.map { String(decoding: $0, as: UTF8.self) } }

  private func push(_ name: String, in parent: Int, to stack: inout DirectoryStack) {
    Array(name.utf8).withUnsafeBytes { stack.push($0, in: parent) }
  }

  /// A descriptor and what it stands for: other tests may get its number when it is closed.
  private struct Opened {
    let descriptor: Int32
    private let file: (dev_t, ino_t)?

    init(_ descriptor: Int32) {
      self.descriptor = descriptor
      file = Self.file(descriptor)
    }

    var isOpen: Bool {
      guard let file, let now = Self.file(descriptor) else { return false }
      return file == now
    }

    private static func file(_ descriptor: Int32) -> (dev_t, ino_t)? {
      var status = stat()
      return fstat(descriptor, &status) == 0 ? (status.st_dev, status.st_ino) : nil
    }
  }

  private func next(
    _ stack: inout DirectoryStack, below root: Int32, closing atOnce: inout ClosingFiles
  ) throws -> (directory: Int, opened: Opened) {
    guard let next = stack.openNext(below: root, closing: &atOnce), next.descriptor >= 0 else {
      throw TreeError.missing("no directory")
    }
    return (next.directory, Opened(next.descriptor))
  }

  @Test("The newest directory is read first, the oldest are given away, and each has its path")
  func stack() throws {
    let directory = try TemporaryDirectory()
    for name in ["a/x", "a/y", "b", "c", "d"] { directory.write(name + "/file", "") }
    let root = open(directory.path, O_RDONLY | O_DIRECTORY)
    defer { close(root) }
    var atOnce = ClosingFiles(mostHeld: 0)
    var stack = DirectoryStack()
    stack.push(path: [])
    let first = try next(&stack, below: root, closing: &atOnce)
    for name in ["d", "c", "b", "a"] { push(name, in: first.directory, to: &stack) }
    if !stack.keeps(first.directory, descriptor: first.opened.descriptor, closing: &atOnce) {
      close(first.opened.descriptor)
    }
    var count = stack.count
    #expect(count == 4 && first.opened.isOpen)

    let a = try next(&stack, below: root, closing: &atOnce)
    var path = stack.path(of: a.directory)
    #expect(text([path]) == ["a"])
    push("y", in: a.directory, to: &stack)
    push("x", in: a.directory, to: &stack)
    if !stack.keeps(a.directory, descriptor: a.opened.descriptor, closing: &atOnce) { close(a.opened.descriptor) }
    var given = stack.takeOldest(2, closing: &atOnce)
    count = stack.count
    #expect(text(given) == ["d", "c"] && count == 3)
    given = stack.takeOldest(2, byteLimit: 0, closing: &atOnce)
    #expect(text(given) == ["b"])
    // Nothing below the root waits here any more.
    #expect(!first.opened.isOpen && a.opened.isOpen)
    given = stack.takeOldest(1, closing: &atOnce)
    #expect(text(given) == ["a/y"])
    let x = try next(&stack, below: root, closing: &atOnce)
    path = stack.path(of: x.directory)
    #expect(text([path]) == ["a/x"] && !a.opened.isOpen)
    if !stack.keeps(x.directory, descriptor: x.opened.descriptor, closing: &atOnce) { close(x.opened.descriptor) }
    let isDone = stack.openNext(below: root, closing: &atOnce) == nil
    given = stack.takeOldest(9, closing: &atOnce)
    #expect(isDone && given == [] && !x.opened.isOpen)
  }

  @Test("Where many directories wait only some are held open, and the others are opened by path")
  func held() throws {
    let directory = try TemporaryDirectory()
    directory.write((0..<12).map { "level\($0)" }.joined(separator: "/") + "/deepest", "")
    let root = open(directory.path, O_RDONLY | O_DIRECTORY)
    defer { close(root) }
    var atOnce = ClosingFiles(mostHeld: 0)
    var stack = DirectoryStack(mostHeld: 3)
    stack.push(path: [])
    var opened: [Opened] = []
    for level in 0..<12 {
      let next = try next(&stack, below: root, closing: &atOnce)
      opened.append(next.opened)
      push("missing", in: next.directory, to: &stack)
      push("level\(level)", in: next.directory, to: &stack)
      if !stack.keeps(next.directory, descriptor: next.opened.descriptor, closing: &atOnce) {
        close(next.opened.descriptor)
      }
    }
    #expect(opened.count(where: \.isOpen) == 3)
    var missing = 0
    while let next = stack.openNext(below: root, closing: &atOnce) {
      if next.descriptor < 0 {
        missing += 1
        #expect(errno == ENOENT)
      }
      if !stack.keeps(next.directory, descriptor: next.descriptor, closing: &atOnce) { close(next.descriptor) }
    }
    #expect(missing == 12 && !opened.contains(where: \.isOpen))
  }

  @Test("However a tree branches, no more directories are held open than told, and each is read once under its path")
  func heldInBranches() throws {
    let directory = try TemporaryDirectory()
    var children: [String: [String]] = [:]
    func add(_ path: String) {
      directory.write(path + "/file", "")
      var above = ""
      for name in path.split(separator: "/").map(String.init) {
        if !children[above, default: []].contains(name) { children[above, default: []].append(name) }
        above += above.isEmpty ? name : "/" + name
      }
    }
    // From each level of a deep branch another one goes off as deep.
    for level in 0..<8 {
      let above = (0...level).map { "d\($0)" }.joined(separator: "/")
      for depth in 1...7 { add(above + "/side" + String(repeating: "/p", count: depth) + "/q") }
    }
    let root = open(directory.path, O_RDONLY | O_DIRECTORY)
    defer { close(root) }
    var atOnce = ClosingFiles(mostHeld: 0)
    var stack = DirectoryStack(mostHeld: 3)
    stack.push(path: [])
    var (read, opened): ([String], [Opened]) = ([], [])
    while let next = stack.openNext(below: root, closing: &atOnce) {
      opened.append(Opened(next.descriptor))
      let path = String(decoding: stack.path(of: next.directory), as: UTF8.self)
      read.append(path)
      for name in children[path, default: []].sorted(by: >) { push(name, in: next.directory, to: &stack) }
      if !stack.keeps(next.directory, descriptor: next.descriptor, closing: &atOnce) { close(next.descriptor) }
      let open = opened.count(where: \.isOpen)
      #expect(next.descriptor >= 0 && open <= 3, "\(path)")
    }
    let count = children.values.reduce(1) { $0 + $1.count }
    #expect(read.count == count && Set(read).count == count)
    #expect(opened.allSatisfy { !$0.isOpen })
  }

  @Test("What has too long a path stays with the thread that can open it from its parent")
  func longPaths() throws {
    let directory = try TemporaryDirectory()
    let root = open(directory.path, O_RDONLY | O_DIRECTORY)
    defer { close(root) }
    var atOnce = ClosingFiles(mostHeld: 0)
    var stack = DirectoryStack()
    // None of these is there: only the paths count.
    let fitting = stack.add(path: Array(repeating: 0x64, count: 3990))
    let long = stack.add(path: Array(repeating: 0x64, count: 4001))
    push("fits", in: fitting, to: &stack)
    push("does-not-fit", in: fitting, to: &stack)
    push("x", in: long, to: &stack)
    let canHandOn = (stack.canHandOn(fitting), stack.canHandOn(long))
    #expect(canHandOn == (true, false))
    let given = stack.takeOldest(3, closing: &atOnce)
    let count = stack.count
    #expect(given.map(\.count) == [3995] && count == 2)
  }

  @Test("Whoever looks at the entries of a large directory, each is looked at once", arguments: [256, 1000, 4096])
  func largeDirectories(batchBytes: Int) throws {
    let directory = try TemporaryDirectory()
    for number in 0..<300 {
      directory.write("large/file-\(number)", "\(number)")
      directory.write("large/directory-\(number)/file.node", "")
      directory.link("large/link-\(number)", to: "file-\(number)")
    }
    let root = open(directory.path, O_RDONLY | O_DIRECTORY)
    defer { close(root) }
    let isWanted: Wanted = { name, kind, _ in
      kind == .symbolicLink || name.withUnsafeBytes { $0.elementsEqual("file.node".utf8) }
    }
    let scan = { @Sendable (pool: DirectoryPool) in
      DirectoryScan(root: root, isWanted: isWanted, reading: nil, batch: DirectoryBatch(byteCount: batchBytes)).run(
        pool)
    }
    let pool = DirectoryPool([.directories([Array("large".utf8)])])
    let others = (0..<2).map { _ in Meanwhile { scan(pool) } }
    let merged = TreeScan(merging: [scan(pool)] + others.map { $0.value() })
    #expect(merged.files == 600 && merged.directories == 300 && merged.links == 300 && merged.problems == [])
    #expect(Set(merged.found.map(\.path)).count == 600 && merged.found.count == 600)
    #expect(merged.byteCount == (0..<300).reduce(0) { $0 + "\($1)".utf8.count })

    // The same where some entries are given as such.
    let batch = DirectoryBatch()
    let large = open(directory.path + "/large", O_RDONLY | O_DIRECTORY)
    #expect(batch.read(large) == nil)
    close(large)
    var entries = 0
    batch.forEach { _, _ in entries += 1 }
    let part = scan(DirectoryPool([.entries(of: Array("large".utf8), batch.entries)]))
    // Of each directory among them its one file, too.
    #expect(entries > 0 && part.files + part.links == entries && part.found.count == part.directories + part.links)
  }

  #if os(Linux)
    @Test("A directory that gives little at first and much then is seen once by the thread that began it")
    func smallFirst() throws {
      let directory = try TemporaryDirectory()
      for number in 0..<300 { directory.write("file-\(number)", "x") }
      let root = open(directory.path, O_RDONLY | O_DIRECTORY)
      defer { close(root) }
      for (reads, files, isLeft) in [([512], 300, false), ([], 0, true)] {
        let batch = DirectoryBatch(byteCount: 4096, firstReads: reads)
        var scan = DirectoryScan(root: root, isWanted: { _, _, _ in false }, reading: nil, batch: batch)
        scan.begin()
        let share = scan.runAlone()
        let result = scan.result
        #expect((share != nil) == isLeft && result.files == files && result.byteCount == files)
      }
    }
  #endif

  @Test("A thread is told that another lacks work while one waits for which there is nothing")
  func pool() {
    let pool = DirectoryPool([.directories([[]])])
    #expect(!pool.isLacking)
    #expect(pool.first() == .directories([[]]))
    #expect(!pool.isLacking)
    let other = Meanwhile { rest(of: pool, from: pool.first()) }
    while !pool.isLacking { sched_yield() }
    pool.add(.directories([[0x61]]))
    // Whoever comes first gets it, and all are done when it is.
    let own = rest(of: pool, from: pool.next())
    #expect(own + other.value() == [.directories([[0x61]])])
    #expect(pool.first() == nil)
  }

  @Test("Descriptors are closed row by row once there are many, and no other is")
  func closingFiles() throws {
    let directory = try TemporaryDirectory()
    // A row across a multiple of 64, beyond where other tests have theirs.
    let first = Int32(min(openFileLimit, 1024) / 64 * 64 - 64 - 4)
    let all = (0..<8).map { index in
      directory.write("\(index)", "")
      let file = open("\(directory.path)/\(index)", O_RDONLY)
      defer { close(file) }
      return Opened(fcntl(file, F_DUPFD, first))
    }
    try #require(zip(all, all.dropFirst()).allSatisfy { $1.descriptor == $0.descriptor + 1 })
    func areOpen() -> [Int] { all.indices.filter { all[$0].isOpen } }
    var files = ClosingFiles(mostHeld: 3)
    files.close(-1)
    for index in [0, 3, 1] { files.close(all[index].descriptor) }
    #expect(areOpen() == Array(0..<8))
    // One too many: two rows are closed, what stands between stays open.
    files.close(all[4].descriptor)
    #expect(areOpen() == [2, 5, 6, 7])
    for index in 5...6 { files.close(all[index].descriptor) }
    #expect(areOpen() == [2, 5, 6, 7])
    files.closeAll()
    #expect(areOpen() == [2, 7])
    files.closeAll()
    #expect(areOpen() == [2, 7])
    if openFileLimit > 1200 {
      let high = Opened(fcntl(all[2].descriptor, F_DUPFD, 1100))
      #expect(high.isOpen)
      files.close(high.descriptor)
      #expect(!high.isOpen)
    }
    close(all[2].descriptor)
    close(all[7].descriptor)
  }
}

private func rest(of pool: DirectoryPool, from first: DirectoryPool.Share?) -> [DirectoryPool.Share] {
  Array(sequence(first: first) { share in share == nil ? nil : .some(pool.next()) }.compactMap { $0 })
}

extension DirectoryPool.Share: Equatable {
  public static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.directories(let a), .directories(let b)): a == b
    case (.entries(let a, let x), .entries(let b, let y)): a == b && x == y
    default: false
    }
  }
}
