/// Lines of one stream of a log, freed of what surrounds them, as one text to look for messages in.
///
/// White space runs are single bytes – a line feed where the run had one, else a blank –, quotes are straight, and colours are
/// gone. Nothing is longer than `LogScanner` lets a passage be.
struct Passage: Sendable {
  private(set) var bytes: [UInt8] = []
  /// Where each line starts in `bytes`, and its number in the log.
  private var lines: [(start: Int, number: Int)] = []
  /// The whole first and last line of each number, for evidence.
  var surroundings: Set<Surrounding> = []
  /// What wrote the lines, where their prefixes say so: a request id, or a service's name.
  var stream: Stream = .init()

  struct Stream: Hashable, Sendable {
    var requestID: String?
    var service: String?
  }

  var isEmpty: Bool { bytes.isEmpty }

  /// Adds a line; `text` may hold line feeds, which were escaped in the log.
  mutating func append(_ text: some Sequence<UInt8>, number: Int) {
    if !bytes.isEmpty, bytes.last != Self.lineFeed { bytes.append(Self.lineFeed) }
    lines.append((bytes.count, number))
    for byte in text {
      guard byte == 0x20 || (0x09...0x0D).contains(byte) else {
        bytes.append(byte)
        continue
      }
      let isBreak = byte == 0x0A || byte == 0x0D
      if let last = bytes.last, last == 0x20 || last == Self.lineFeed {
        if isBreak { bytes[bytes.count - 1] = Self.lineFeed }
      } else {
        bytes.append(isBreak ? Self.lineFeed : 0x20)
      }
    }
  }

  private static let lineFeed = UInt8(ascii: "\n")

  /// The number of the log's line that the byte at `offset` came from.
  func lineNumber(at offset: Int) -> Int {
    var low = 0
    var high = lines.count
    while low < high {
      let middle = (low + high) / 2
      if lines[middle].start <= offset { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? 1 : lines[low - 1].number
  }

  /// How much of a line before and behind an offset counts: a log can be one line.
  private static let lineReach = 4096

  /// The bounds of the line around `offset`, without its line feed; of a long line only what is near.
  func line(at offset: Int) -> Range<Int> {
    let offset = min(max(offset, 0), bytes.count)
    let low = max(0, offset - Self.lineReach)
    let high = min(bytes.count, offset + Self.lineReach)
    let start = bytes[low..<offset].lastIndex(of: Self.lineFeed).map { $0 + 1 } ?? low
    return start..<(bytes[offset..<high].firstIndex(of: Self.lineFeed) ?? high)
  }

  func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }
}

/// What around an error tells where it happened.
enum Surrounding: Hashable, Sendable, CaseIterable {
  /// Next.js, Nitro, Netlify or Vercel: a tracer chose the files.
  case tracing
  /// Code that is loaded again in the same process, or in a worker of it.
  case reloading
  case electron
  case alpine
  /// An image is being built.
  case imageBuild
  /// npm, yarn or pnpm is installing.
  case installing
  /// A shared library is opened by name through ffi.
  case foreignFunctions
  /// Node.js was loading an addon.
  case loadingAddon
  /// The stack ends in the loader of addons: the error is about one, whatever it says.
  case addonStack
  /// esbuild, webpack or another bundler speaks.
  case bundling
  /// Lambda itself.
  case lambda

  /// What reveals it, in lower case.
  var phrases: [String] {
    switch self {
    case .tracing:
      [
        "/.next/", "/vercel/", "@vercel/", "outputfiletracing", ".output/server", "/.netlify/", "netlify", "nitropack",
        "/.open-next", "server-functions/", "\\.next\\", "/___vc/", "/opt/rust/nodejs.js", "/opt/node-bridge/",
      ]
    case .reloading:
      [
        "worker_threads", "serverless-offline", "new worker", "jest-runtime", "jest-worker", "/vitest/", "hot-reload",
        "hot reload", "worker thread", "require.cache", "tinypool", "internal/main/worker", "internal/worker",
        "messageport", "[worker eval]", "/.esbuild/.build/",
      ]
    case .electron: ["electron"]
    case .alpine: ["alpine:", "alpine-", "alpine ", "/etc/alpine", "ld-musl", "linuxmusl"]
    case .imageBuild:
      [
        "executor failed running", "dockerfile:", "failed to solve", "did not complete successfully",
        "docker build", "bundling docker", "docker buildx", "returned a non-zero code", "--platform=linux",
      ]
    case .installing: ["lifecycle script", "postinstall", "node-gyp", "gyp err!", "npm install ", "yarn install"]
    case .foreignFunctions:
      ["dynamic linking error", "ffi-napi", "/koffi/", "node_modules/ffi/", "/ffi-rs/", "dynamiclibrary"]
    case .loadingAddon:
      ["_extensions..node", "err_dlopen_failed", "process.dlopen", "internal/modules/", "shared object", "dlopen("]
    case .addonStack: ["_extensions..node"]
    case .bundling: ["webpack", "esbuild", "rollup ", "turbopack", "module parse failed"]
    case .lambda: ["/var/task", "/var/runtime", "aws_lambda", "requestid"]
    }
  }
}
