import NativeBinaries
import PackageFiles

/// Facts of a real `node` executable, read without running it.
///
/// Source of the strings: measured on Node.js 18.4 to 24.19, both architectures; each stands once in the read-only data.
public struct NodeExecutable: Sendable {
  public let image: ELF.Image
  public let architecture: Architecture
  /// What stands in its read-only data. Looking through that takes longer than all the rest.
  private let strings: Meanwhile<Strings>

  /// From its release URL, `node.js/vX.Y.Z` in the user agent or `node-vX.Y.Z-headers.tar.gz`.
  public var version: NodeVersion? { strings.value().version }
  /// From the name `node_register_module_vN` that it looks up in addons.
  public var moduleVersion: Int? { strings.value().moduleVersion }

  public enum Failure: Error, Hashable, Sendable {
    /// What the file is instead.
    case notExecutable(String)
    case otherArchitecture(String)
  }

  /// Reads the facts of a whole file. Where the effort has a keeper, the strings are looked for when they are asked for, or
  /// meanwhile, so that `failure` remains to be asked for.
  public init(parsing file: RawSpan, effort: ParsingEffort = .binding) throws(Failure) {
    guard BinaryFormat(head: file) == .elf else { throw .notExecutable("it is no ELF file") }
    strings = Self.strings(file, effort)
    do throws(Failure) {
      image = ELF.Image(parsing: file, effort: effort)
      architecture = try Self.architecture(of: image)
    } catch {
      // No thread goes on for nobody.
      _ = strings.value()
      throw error
    }
    if effort.keeper == nil, let failure { throw failure }
  }

  private static func architecture(of image: ELF.Image) throws(Failure) -> Architecture {
    guard let header = image.header, header.type == ELF.ET_DYN || header.type == ELF.ET_EXEC, !image.needed.isEmpty
    else {
      throw .notExecutable("it is no dynamically linked executable")
    }
    switch header.machine {
    case ELF.EM_X86_64: return .x86_64
    case ELF.EM_AARCH64: return .arm64
    default: throw .otherArchitecture(ELF.architectureName(machine: header.machine))
    }
  }

  /// What shows that it is no Node.js, whatever else it is.
  public var failure: Failure? {
    guard version == nil, moduleVersion == nil else { return nil }
    return .notExecutable("it has neither Node.js's version nor its module version in it")
  }

  private static func strings(_ file: RawSpan, _ effort: ParsingEffort) -> Meanwhile<Strings> {
    guard let keeper = effort.keeper, file.byteCount >= 1 << 22 else { return Meanwhile(value: Strings(file)) }
    return file.withUnsafeBytes { bytes in
      // Kept at their place, and changed by nobody.
      nonisolated(unsafe) let bytes = bytes
      return Meanwhile.byWhoeverWaits { withExtendedLifetime(keeper) { Strings(RawSpan(_unsafeBytes: bytes)) } }
    }
  }

  private struct Strings {
    var version: NodeVersion?
    var moduleVersion: Int?

    init(_ file: RawSpan) {
      let section = (try? NodeExecutable.section(".rodata", of: file)) ?? nil
      version = NodeExecutable.first(["/node-v", "node.js/v"], in: file, section) { NodeVersion($0) }
      moduleVersion = NodeExecutable.first(["node_register_module_v"], in: file, section) { Int($0) }
    }
  }

  /// What the digits and dots behind a marker say: the first that `value` accepts, of the first marker that has one.
  ///
  /// The markers are short literals in `section`, if the section headers tell where that is: they are looked for among such
  /// first, then in all of the section, then in the whole file. Each of these takes about ten times as long as the one before.
  private static func first<Value>(
    _ markers: [StaticString], in file: RawSpan, _ section: Range<Int>?, _ value: (String) -> Value?
  ) -> Value? {
    if let section {
      for marker in markers {
        var next = section.lowerBound
        while let literals = shortLiterals(from: next, in: section, of: file) {
          if let found = first([marker], in: file, literals, value) { return found }
          next = literals.upperBound
        }
      }
      if let found = first(markers, in: file, section, value) { return found }
    }
    return first(markers, in: file, 0..<file.byteCount, value)
  }

  private static func first<Value>(
    _ markers: [StaticString], in file: RawSpan, _ place: Range<Int>, _ value: (String) -> Value?
  ) -> Value? {
    for marker in markers {
      var rest = place
      while let found = file.firstOffset(of: marker, in: rest) {
        let position = found + marker.utf8CodeUnitCount
        rest = min(position, place.upperBound)..<place.upperBound
        let text = (try? file.bytes(position, count: min(24, file.byteCount - position))) ?? []
        let digits = text.prefix { $0 == UInt8(ascii: ".") || (48...57).contains($0) }
        let number = digits.last == UInt8(ascii: ".") ? digits.dropLast() : digits
        if let value = value(String(decoding: number, as: UTF8.self)) { return value }
      }
    }
    return nil
  }

  /// The next bytes from `start` on that seem to hold short literals: the middle of each block has a zero in it.
  ///
  /// Node.js has its JavaScript in it, megabytes of text without a zero. That is passed over in leaps, and looked at again block
  /// by block from where the last one began; of the text no more is read than the middles.
  private static func shortLiterals(from start: Int, in section: Range<Int>, of file: RawSpan) -> Range<Int>? {
    let (block, sample, longestLeap) = (1 << 10, 64, 1 << 18)
    return file.withUnsafeBytes { bytes in
      func hasZero(_ position: Int) -> Bool {
        let middle = min(position + (block - sample) / 2, section.upperBound)
        let end = min(middle + sample, section.upperBound)
        return bytes[middle..<end].contains(0)
      }
      var position = start
      var leap = block
      var text = start - block
      var mayLeap = true
      while true {
        let isInside = position < section.upperBound
        if isInside, !hasZero(position) {
          text = position
          if mayLeap { leap = min(leap * 2, longestLeap) }
        } else if position - text > block {
          (position, leap, mayLeap) = (text, block, false)
        } else if isInside {
          break
        } else {
          return nil
        }
        position += leap
      }
      var end = position + block
      while end < section.upperBound, end - position < 64 * block, hasZero(end) { end += block }
      return position..<min(end, section.upperBound)
    }
  }

  /// The bytes of a section of a little-endian 64-bit file; `nil` where there is none of that name.
  private static func section(_ name: String, of file: RawSpan) throws(ParseError) -> Range<Int>? {
    func word(_ offset: Int) throws(ParseError) -> Int {
      Int(clamping: try file.integer(at: offset, as: UInt64.self))
    }
    let table = try word(0x28)
    let count = Int(try file.integer(at: 0x3c, as: UInt16.self))
    let headers = try file.range(table, count: count * 64).lowerBound
    let names = Int(try file.integer(at: 0x3e, as: UInt16.self))
    guard names < count else { return nil }
    let namesStart = try word(headers + names * 64 + 0x18)
    for index in 0..<count {
      let header = headers + index * 64
      let offset = Int(try file.integer(at: header, as: UInt32.self))
      let (place, isTooFar) = namesStart.addingReportingOverflow(offset)
      guard !isTooFar, let text = try? file.bytes(place, count: name.utf8.count + 1),
        text.elementsEqual(Array(name.utf8) + [0])
      else { continue }
      return try file.range(try word(header + 0x18), count: try word(header + 0x20))
    }
    return nil
  }
}
