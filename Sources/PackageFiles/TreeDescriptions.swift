extension TreeProblem.Kind: CustomStringConvertible {
  /// What is wrong and what to do about it; the name of the entry stands before it.
  public var description: String {
    switch self {
    case .unreadable(let reason): "cannot be read (\(reason)): change its permissions or leave it out"
    case .damaged(let what): "is damaged (\(what)): build the archive again"
    case .encrypted: "is encrypted, which Lambda cannot read: pack it without a password"
    case .unknownMethod(let method):
      "is compressed with \(Self.methodName(method)), which Lambda cannot read: pack it with deflate or stored"
    case .unsafePath(let why): "has an unsafe name (\(OneLine(why))): rename it or leave it out"
    case .duplicate: "stands more than once in the archive and the last one wins: pack it once"
    case .caseCollision(let other):
      "differs from \(OneLine(other.description)) only in capitals, so that macOS and Windows keep one of them: rename one"
    case .headerMismatch(let what):
      "is described differently by its local header and the central directory (\(what)): build the archive again"
    case .foreignData(let what): "holds data that does not belong to it (\(what)): build the archive again"
    }
  }

  fileprivate static func methodName(_ method: UInt16) -> String {
    // APPNOTE 4.4.5.
    switch method {
    case 6: "implode (method 6)"
    case 9: "deflate64 (method 9)"
    case 12: "bzip2 (method 12)"
    case 14: "LZMA (method 14)"
    case 93: "zstd (method 93)"
    case 95: "XZ (method 95)"
    case 98: "PPMd (method 98)"
    default: "method \(method)"
    }
  }
}

extension TreeProblem: CustomStringConvertible {
  /// One line: what, where and what to do.
  public var description: String {
    name.isEmpty ? "the archive \(kind)" : "\(OneLine(String(decoding: name, as: UTF8.self))) \(kind)"
  }
}

extension TreeError {
  /// At most eight of them.
  private static func list(_ names: [String]) -> String {
    let more = names.count > 8 ? " and \(names.count - 8) more" : ""
    return names.prefix(8).map { OneLine($0).description }.joined(separator: ", ") + more
  }
}

extension TreeError: CustomStringConvertible {
  /// One line: what, where and what to do.
  public var description: String {
    switch self {
    case .missing(let path): "\(OneLine(path)): no such file or directory; check the path"
    case .unreadable(let path, let reason): "\(OneLine(path)): cannot be read (\(reason)); check its permissions"
    case .notARegularFile(let path): "\(OneLine(path)): is not a regular file; name a directory or a zip"
    case .damaged(let path, let what): "\(OneLine(path)): is damaged (\(what)); copy or build it again"
    case .tooLarge(let path, let byteCount):
      "\(OneLine(path)): has \(byteCount) bytes, more than the 262144000 that Lambda unpacks; leave it out"
    case .encrypted(let path): "\(OneLine(path)): is encrypted, which Lambda cannot read; pack it without a password"
    case .unknownMethod(let path, let method):
      "\(OneLine(path)): is compressed with \(TreeProblem.Kind.methodName(method)), which Lambda cannot read; "
        + "pack it with deflate or stored"
    case .unknownPackageFormat(let path):
      "\(OneLine(path)): is neither a directory nor a zip; name what would be deployed"
    case .unsupportedArchive(let path, let format):
      "\(OneLine(path)): is \(format), not a zip; unpack it and name the directory, or pack it as a zip"
    case .noSuchPlatform(let path, let asked, let choices):
      "\(OneLine(path)): has no image for \(asked), only \(Self.list(choices)); choose with --arch, or save the image with "
        + "--platform"
    case .severalImages(let path, let choices, let isByArchitecture):
      "\(OneLine(path)): has several images: \(Self.list(choices)); "
        + (isByArchitecture ? "choose with --arch" : "save only the one that would be deployed")
    case .unusableImage(let path, let why): "\(OneLine(path)): \(OneLine(why))"
    case .imageTooLarge(let path, let what):
      "\(OneLine(path)): has \(what), which no image for Lambda needs; build a smaller one"
    case .libraryMissing(let path, let library, let remedy):
      "\(OneLine(path)): is compressed with zstd, and \(library), which reads that, is not installed; \(remedy)"
    case .noTemporaryFile(let path, let reason):
      "\(OneLine(path)): cannot be unpacked into a temporary file (\(OneLine(reason))); name a directory with room in TMPDIR"
    }
  }
}

/// Text from a file name, with the control characters made visible that would break the line or command the terminal.
private struct OneLine: CustomStringConvertible {
  var description: String

  init(_ text: String) {
    description = text.unicodeScalars.reduce(into: "") { line, scalar in
      if scalar.properties.generalCategory == .control {
        line += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        line.unicodeScalars.append(scalar)
      }
    }
  }
}
