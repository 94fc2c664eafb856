/// `NAME: cannot open shared object file: REASON`, glibc's most misleading message.
extension Glibc {
  static func cannotOpen(_ hit: Hit) -> Message? {
    let name = named(hit)
    let reason = hit.rest(limit: 80)
    if reason.has("permission denied") { return Message(.permissionLost, .root, path: name) }
    if reason.has("too many open files") {
      return Message(.otherNotNative, .root, path: name).with {
        $0.remarks.append("The process has too many files open (Lambda allows 1,024).")
      }
    }
    guard let name else { return Message(.missingLibrary, .root, .low) }
    let file = FileName(name)
    return file.isBare || name.hasPrefix("@") ? library(file, hit) : opened(file, hit)
  }

  /// A name alone comes out of a file's list of needed libraries.
  private static func library(_ file: FileName, _ hit: Hit) -> Message {
    let soname = file.base
    if soname.hasPrefix("libc.musl-") || soname.hasPrefix("ld-musl-") || soname == "libc.so" {
      return Message(.muslOnGlibc, .root, .high).with {
        $0.subject = soname
        $0.facts.append(soname, to: \.sonames)
        $0.facts.architectureFound =
          soname.hasPrefix("libc.musl-")
          ? Platforms.architecture(String(soname.dropFirst(10).prefix { $0 != "." })) : nil
        $0.misleads = "\(soname) is musl itself, not a library that could be added."
      }
    }
    if file.isAddon {
      return Message(.wrongArch, .root, .medium, path: soname).or(.addonNotPackaged, "find . -name '\(shown(soname))'")
    }
    return missing(soname, hit)
  }

  private static func missing(_ soname: String, _ hit: Hit) -> Message {
    let isOwn = shippedLibraries.contains { soname.hasPrefix($0.key) }
    let owner = shippedLibraries.first { soname.hasPrefix($0.key) }?.value
    let isTraced = isOwn && hit.isAround(.tracing)
    return Message(isTraced ? .tracedFileMissing : .missingLibrary, .root).with {
      $0.subject = soname
      $0.facts.append(soname, to: \.sonames)
      if let owner { $0.remarks.append("\(soname) belongs to \(owner) and has to be deployed with it.") }
      if soname.hasPrefix("libnode.so") {
        $0.remarks.append(
          "It was built against a distribution's Node.js, which is a shared library; the one that runs is a single program."
        )
      }
    }.or(
      .tracedFileMissing,
      isOwn ? "find . -name '\(shown(soname))*' where the package was built: there, but not in what was deployed" : "",
      unless: !isOwn || isTraced
    )
    .or(.missingLibrary, "find . -name '\(shown(soname))*' in what was deployed", unless: !isTraced)
    .or(
      .optionalDependencyMissing, "npm ls @img/sharp-libvips-linux-x64 @img/sharp-libvips-linux-arm64",
      unless: !soname.hasPrefix("libvips")
    )
    .or(
      .symlinkDropped, "find . -name '\(shown(stem(soname)))*' (the library is there under its full version only)",
      unless: !isOwn
    )
    .or(.layerShadowing, "ldd of the file that needs it, in Lambda's image", unless: true)
  }

  /// `libvips-cpp.so` of `libvips-cpp.so.42`.
  private static func stem(_ soname: String) -> String {
    soname.firstRange(of: ".so").map { String(soname[..<$0.upperBound]) } ?? soname
  }

  /// Libraries that npm packages bring with them, by the start of the soname.
  private static let shippedLibraries = [
    "libvips": "sharp (@img/sharp-libvips-… since 0.33, vendor/ before)", "libonnxruntime": "onnxruntime-node",
    "libtensorflow": "@tensorflow/tfjs-node", "librdkafka": "node-rdkafka or @confluentinc/kafka-javascript",
    "libsodium": "sodium-native", "libpdfium": "its npm package", "libopencv": "opencv4nodejs",
  ]

  /// A path was given to `dlopen`: the addon itself, or a library opened by name.
  private static func opened(_ file: FileName, _ hit: Hit) -> Message {
    let show = shown(file.text)
    let look = "file \(show), or airworthy inspect \(show): there, and for another processor"
    let isAddon =
      file.isAddon || (hit.isAround(.loadingAddon) && !hit.isAround(.foreignFunctions) && !isStartOfProgram(hit))
    let isRelative = !file.isAbsolute
    if isAddon || file.isOnLambda && !hit.isAround(.foreignFunctions) && !isStartOfProgram(hit) {
      return Message(.wrongArch, .root, file.isAddon ? .high : .medium, path: file.text).with {
        $0.misleads =
          "glibc passes over a file for another processor and then reports that it found none: the file exists."
        $0.facts.platformFound = Platforms.tuple(of: file.text)
      }.or(
        file.isAddon ? .addonNotPackaged : .missingLibrary,
        "ls -l \(show) where it runs (in the package: unzip -l function.zip)")
    }
    return Message(.missingLibrary, .root, isRelative ? .high : .medium, path: file.text).with {
      $0.facts.append(file.base, to: \.sonames)
      if isRelative {
        $0.remarks.append("The path is relative to the working directory of the process, /var/task on Lambda.")
      }
    }.or(.wrongArch, look)
  }

  private static func isStartOfProgram(_ hit: Hit) -> Bool { hit.lineText.has("error while loading shared libraries") }
}

extension Message {
  /// `or`, where it can be.
  func or(_ cause: Cause, _ decidedBy: String, unless condition: Bool) -> Message {
    condition ? self : or(cause, decidedBy)
  }
}
