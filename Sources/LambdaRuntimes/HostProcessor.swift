#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The processor and kernel of the machine that airworthy runs on.
///
/// A real root file system that is checked on a Linux machine of the same architecture would run there: its loader would
/// see this processor, not Lambda's.
struct HostProcessor {
  /// The x86-64 ISA level, 1 to 4; 0 on other machines.
  var isaLevel = 0
  /// What glibc's loader takes for `$PLATFORM`.
  var platformToken = ""
  /// The capabilities that glibc before 2.37 names directories by.
  var hardwareCapabilities: [String] = []
  var kernel: [Int] = []

  /// `nil` on another system or another architecture.
  init?(for architecture: Architecture) {
    #if os(Linux)
      #if arch(x86_64)
        guard architecture == .x86_64, let text = Self.contents("/proc/cpuinfo") else { return nil }
        let flags = Set(Self.field("flags", in: text).split(separator: " ").map(String.init))
        isaLevel = Self.level(flags)
        // glibc's sysdeps/x86/cpu-features.c names Intel's processors only; others keep the kernel's AT_PLATFORM.
        let isIntel = Self.field("vendor_id", in: text) == "GenuineIntel"
        let isXeonPhi = flags.isSuperset(of: ["avx512er", "avx512pf", "avx512cd"])
        platformToken = isIntel && isXeonPhi ? "xeon_phi" : isIntel && isaLevel >= 3 ? "haswell" : "x86_64"
        hardwareCapabilities =
          isIntel && isaLevel >= 4 && !flags.contains("avx512er") ? ["avx512_1", "x86_64"] : ["x86_64"]
      #elseif arch(arm64)
        guard architecture == .arm64 else { return nil }
        platformToken = "aarch64"
        hardwareCapabilities = ["atomics"]
      #else
        return nil
      #endif
      guard let release = Self.contents("/proc/sys/kernel/osrelease") else { return nil }
      kernel = release.split { !$0.isNumber }.prefix(3).compactMap { Int($0) }
    #else
      return nil
    #endif
  }

  #if os(Linux)
    /// Source: the x86-64 psABI, "Microarchitecture levels", in the kernel's names.
    private static func level(_ flags: Set<String>) -> Int {
      let levels: [Set<String>] = [
        ["cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"],
        ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"],
        ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"],
      ]
      return 1 + levels.prefix { $0.isSubset(of: flags) }.count
    }

    private static func field(_ name: String, in text: String) -> String {
      for line in text.split(separator: "\n") where line.hasPrefix(name) {
        guard let colon = line.firstIndex(of: ":") else { continue }
        return String(line[line.index(after: colon)...].drop { $0 == " " })
      }
      return ""
    }

    /// The beginning of a file of /proc, which has no length to ask for.
    private static func contents(_ path: String) -> String? {
      let file = open(path, O_RDONLY | O_CLOEXEC)
      guard file >= 0 else { return nil }
      defer { close(file) }
      var bytes = [UInt8](repeating: 0, count: 16_384)
      let count = read(file, &bytes, bytes.count)
      return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
  #endif
}
