import LoadSimulation
import NativeBinaries
import NodeModules

/// What rules and reports say about one binary, the same for every format.
public struct BinaryFacts: Hashable, Sendable {
  public enum Format: String, Hashable, Sendable { case elf, macho, pe, wasm, ar, other }
  public enum Kind: String, Hashable, Sendable { case addon, library, executable, object }

  public var format: Format
  /// As the report spells them: `x86_64`, `arm64`; a universal Mach-O has several.
  public var architectures: [String] = []
  /// `linux`, `macos`, `windows`, `freebsd` … where the file says so.
  public var os: String?
  /// `glibc`, `musl` or `none`; of ELF files only.
  public var libc: String?
  public var kind: Kind?
  /// 32 or 64.
  public var bits: Int?
  public var registration = AddonRegistration()
  public var requires = AuditReport.Requirements()
  /// `DT_NEEDED` and its like, in file order.
  public var needed: [String] = []
  /// What a file that is no binary is instead.
  public var lookAlike: LookAlike?
  /// What could not be read, in the order it was met.
  public var damage: [String] = []

  public init(format: Format) { self.format = format }

  /// What the file is, in its format's terms: `Mach-O arm64 (macOS)`, `ELF x86_64 (Linux, musl)`.
  public var summary: String {
    let names = format == .elf ? architectures.map(AuditTarget.elfMachine) : architectures
    let machine = names.isEmpty ? "" : " " + names.joined(separator: " + ")
    switch format {
    case .elf: return "ELF\(bits == 32 ? " 32-bit" : "")\(machine)\(system)"
    case .macho: return "Mach-O\(names.count > 1 ? " universal" : "")\(machine)\(system)"
    case .pe: return "PE\(machine) (Windows)"
    case .wasm: return "WebAssembly"
    case .ar: return "a static archive\(machine)"
    case .other: return lookAlike?.description ?? "no binary"
    }
  }

  private var system: String {
    let name = os.flatMap { Self.systemNames[$0] } ?? os
    let parts = [name, libc == "none" ? nil : libc].compactMap(\.self)
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
  }

  private static let systemNames = [
    "linux": "Linux", "macos": "macOS", "windows": "Windows", "freebsd": "FreeBSD", "openbsd": "OpenBSD",
    "netbsd": "NetBSD", "android": "Android", "ios": "iOS", "solaris": "Solaris",
  ]
}
