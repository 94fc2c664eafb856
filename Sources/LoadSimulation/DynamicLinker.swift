import LambdaRuntimes
import NativeBinaries
import PackageFiles

/// glibc's ld.so in the environment's process, after Node.js has started and before any addon.
///
/// The order of checks is glibc's own, so that the first error is the one a user sees: opening, header, segments,
/// dependencies breadth first, versions, relocation.
public struct DynamicLinker: Sendable {
  let environment: ExecutionEnvironment
  let files: ObjectFiles
  let glibc: GLibCVersion
  let machine: UInt16
  /// Node.js (index 0) and what it has loaded, in glibc's order: the global scope.
  private(set) var preloaded: [LinkMap] = []
  /// Why Node.js itself would not start in this environment; `nil` when it does.
  public private(set) var startupFailure: String?
  private(set) var staticTLS: StaticTLS

  public init(environment: ExecutionEnvironment, files: ObjectFiles) {
    self.environment = environment
    self.files = files
    self.glibc = environment.glibc ?? GLibCVersion(2, 34)
    self.machine = environment.architecture == .x86_64 ? ELF.EM_X86_64 : ELF.EM_AARCH64
    self.staticTLS = StaticTLS(after: [], machine: machine, glibc: glibc)
    start()
  }

  /// The same process before any addon, whose files are looked for among `files` from now on.
  public init(restarting linker: DynamicLinker, files: ObjectFiles) {
    environment = linker.environment
    self.files = files
    glibc = linker.glibc
    machine = linker.machine
    preloaded = linker.preloaded
    startupFailure = linker.startupFailure
    staticTLS = linker.staticTLS
  }

  private func search(_ files: ObjectFiles) -> LibrarySearch {
    LibrarySearch(
      environment: environment, files: files,
      header: HeaderCheck(
        glibc: glibc, machine: machine, kernel: environment.kernel,
        isDebian: environment.isDebianGLibC))
  }

  /// What the kernel and ld.so do before `main`: the executable, ld.so under the name the executable gives it, and the
  /// executable's dependencies.
  private mutating func start() {
    let files = ObjectFiles(bindingTo: files, known: environment.boundObjects)
    var process = Process(linker: self, search: search(files))
    process.objects = [
      LinkMap(
        path: "", names: [""], loader: nil, object: environment.node.executable, identity: nil, isPreloaded: true)
    ]
    if case .file(let file) = files.open(environment.interpreter), let object = file.object {
      process.objects.append(
        LinkMap(
          path: environment.interpreter, names: [environment.interpreter], loader: nil, object: object,
          identity: file.identity, isPreloaded: true))
    }
    // The kernel's own object, under its soname, and in nobody's search list.
    var virtual = ELF.Image(byteCount: 0)
    virtual.soname = "linux-vdso.so.1"
    let kernelObject = LinkMap(
      path: "linux-vdso.so.1", names: ["linux-vdso.so.1"], loader: nil, object: SharedObject(image: virtual),
      identity: nil, isPreloaded: true)
    process.objects.append(kernelObject)
    do {
      let order = try process.loadDependencies(of: 0)
      // The global scope is the executable's search list; ld.so comes where something needs it, else last.
      let rest = process.objects.indices.filter { !order.contains($0) }
      preloaded = (order + rest).map { index in
        var object = process.objects[index]
        object.isPreloaded = true
        object.loader = nil
        return object
      }
    } catch {
      preloaded = process.objects
      startupFailure = Load.message(of: error)
    }
    staticTLS = StaticTLS(after: preloaded.map(\.image), machine: machine, glibc: glibc)
  }

  /// A process of another program than Node.js, before ld.so has looked for what it needs.
  func program(_ path: String, _ object: SharedObject, _ identity: FileIdentity) -> Process {
    var process = Process(linker: self, search: search(files))
    process.objects = [
      LinkMap(path: path, names: [path], loader: nil, object: object, identity: identity, isPreloaded: false)
    ]
    return process
  }

  /// Opens the object at `path`, as `dlopen(path, RTLD_LAZY)` does.
  func open(_ path: String) -> LinkResult {
    var process = Process(linker: self, search: search(files))
    process.objects = preloaded
    var result = LinkResult()
    do {
      let root = try process.openRoot(path)
      result.root = root
      let order = try process.loadDependencies(of: root)
      result.scope = order
      try process.checkVersions(order)
      try process.checkISALevels(order)
      let started = process.initializationOrder(order)
      var symbols = SymbolResolution(process: process, order: order)
      defer { result.uncertainties += symbols.notes }
      result.lazySymbols = try symbols.relocate(started)
      result.initializationOrder = started
      try process.runConstructors(started, &symbols)
    } catch {
      result.error = error
    }
    result.uncertainties = process.uncertainties + result.uncertainties
    result.objects = process.objects
    result.opened = process.opened
    return result
  }
}

/// What `dlopen` left.
struct LinkResult {
  var error: LinkError?
  var root: Int?
  /// The addon's search list, breadth first, the addon itself first: where `dlsym` looks.
  var scope: [Int] = []
  /// Those of them that the addon brought, in the order in which their constructors ran.
  var initializationOrder: [Int] = []
  var objects: [LinkMap] = []
  var opened: [OpenedObject] = []
  var lazySymbols: [LazySymbol] = []
  var uncertainties: [String] = []
}

/// The static TLS block of glibc's main thread (`_dl_determine_tlsoffset`), in bytes.
struct StaticTLS {
  /// `TLS_STATIC_SURPLUS`, which the tunables of 2.32 and later keep at its old value.
  private static let surplus: UInt64 = 1664

  /// What is free for objects that are opened after the program started.
  private var free: Int
  /// What descriptors may still take of it (`dl_tls_static_optional`).
  private var optional = 512
  /// The objects that have their place in it.
  private var placed: Set<Int> = []
  /// `dl_tls_static_align`: storage that needs more is refused.
  private let alignment: Int

  /// `_dl_try_allocate_static_tls`: whether the object has a place in the block, now or before.
  mutating func place(_ object: Int, _ storage: ELF.ThreadLocalStorage, isOptional: Bool) -> Bool {
    if placed.contains(object) { return true }
    let align = Int(clamping: max(1, storage.alignment))
    let size = Int(clamping: storage.memoryByteCount)
    guard align <= alignment, size <= free else { return false }
    let rest = (free - size) / align * align
    if isOptional {
      guard free - rest <= optional else { return false }
      optional -= free - rest
    }
    free = rest
    placed.insert(object)
    return true
  }

  init(after images: [ELF.Image], machine: UInt16, glibc: GLibCVersion) {
    let isARM = machine == ELF.EM_AARCH64
    var offset: UInt64 = isARM ? 16 : 0
    // TCB_ALIGNMENT.
    var alignment: UInt64 = isARM ? glibc < GLibCVersion(2, 35) ? 16 : 32 : 64
    for storage in images.compactMap(\.threadLocalStorage) {
      let align = max(1, min(storage.alignment, 1 << 16))
      alignment = max(alignment, align)
      let size = min(storage.memoryByteCount, 1 << 32)
      offset = isARM ? Self.round(offset, align) + size : Self.round(offset + size, align)
    }
    // Since 2.41 the area for restartable sequences stands behind them.
    if glibc >= GLibCVersion(2, 41) { offset = Self.round(offset, 32) + 32 }
    free = Int(Self.round(offset + Self.surplus, alignment) - offset)
    self.alignment = Int(alignment)
  }

  private static func round(_ value: UInt64, _ align: UInt64) -> UInt64 { (value + align - 1) / align * align }
}
