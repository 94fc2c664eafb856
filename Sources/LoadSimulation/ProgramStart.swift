import LambdaRuntimes
import NativeBinaries
import PackageFiles

/// `child_process.spawn` of a program in the package: the kernel's `execve`, then ld.so up to the program's first instruction.
///
/// Source: fs/exec.c and fs/binfmt_elf.c of Linux; glibc's `execvp`, which hands what the kernel does not know to `/bin/sh`; the
/// messages as measured with Node.js 20 (section 7b of the facts).
public struct ProgramStart: Sendable {
  private let linker: DynamicLinker

  public init(linker: DynamicLinker) { self.linker = linker }

  private var files: ObjectFiles { linker.files }

  /// What becomes of the program at an absolute path: `loads` where it starts, an error of `spawn`, or its end.
  public func start(_ path: String) -> Load {
    switch files.root.resolve(path) {
    case .permissionDenied: return refused(path, "EACCES", .permissionDenied(path: path))
    case .missing, .notADirectory, .tooManyLinks, .nameTooLong:
      return refused(path, "ENOENT", .fileMissing(path: path))
    case .found(let located):
      guard located.status.kind == .file else { return refused(path, "EACCES", .isDirectory(path: path)) }
      guard located.status.othersMayExecute else { return refused(path, "EACCES", .permissionDenied(path: path)) }
    }
    guard case .file(let file) = files.open(path) else { return handedToShell(path, .notELF(path: path)) }
    guard case .elf(let image) = file.binary else { return script(path, file) }
    return execute(path, image, file)
  }

  private func execute(_ path: String, _ image: ELF.Image, _ file: ObjectFiles.File) -> Load {
    guard let header = image.header, header.elfClass == 2, header.machine == linker.machine else {
      let failure = LoadFailure.wrongMachine(path: path, machine: image.header?.machine ?? 0)
      return handedToShell(path, image.header?.elfClass == 1 ? .wrongClass(path: path, name: "ELFCLASS32") : failure)
    }
    guard header.type == ELF.ET_EXEC || header.type == ELF.ET_DYN else {
      return handedToShell(path, .damaged(path: path, reason: "it is no program"))
    }
    // Without an interpreter the program is complete in itself.
    guard let interpreter = image.interpreter else { return Load(outcome: .loads) }
    guard case .found(let located) = files.root.resolve(interpreter), located.status.kind == .file else {
      return refused(
        path, "ENOENT", .missingLibrary(name: interpreter, neededBy: path, skipped: []))
    }
    return link(path, file)
  }

  /// ld.so's work: what it finds missing it says, and ends the process.
  private func link(_ path: String, _ file: ObjectFiles.File) -> Load {
    guard let object = file.object else { return Load(outcome: .loads) }
    var process = linker.program(path, object, file.identity)
    var load = Load(outcome: .loads)
    do {
      let order = try process.loadDependencies(of: 0)
      try process.checkVersions(order)
    } catch {
      let message = Load.message(of: error)
      let isVersion = if case .versionMissing? = error.failure { true } else { false }
      let text = isVersion ? "\(path): \(message)" : "\(path): error while loading shared libraries: \(message)"
      load = Load(
        outcome: .crashes(signal: nil, exit: isVersion ? 1 : 127, message: text), failure: error.failure)
    }
    load.objects = process.opened
    return load
  }

  /// A text with `#!` starts its interpreter; anything else `execvp` hands to the shell.
  private func script(_ path: String, _ file: ObjectFiles.File) -> Load {
    guard let located = files.root.resolve(path).located,
      let line = try? files.root.read(located, { Self.interpreterLine($0) })
    else { return handedToShell(path, .notELF(path: path)) }
    guard case .found(let interpreter) = files.root.resolve(line), interpreter.status.kind == .file else {
      // The catalog does not list programs such as /usr/bin/env: their absence says nothing.
      if linker.environment.source == .catalog, !line.hasSuffix("\r") { return Load(outcome: .loads) }
      return refused(path, "ENOENT", .missingLibrary(name: line, neededBy: path, skipped: []))
    }
    return Load(outcome: .loads)
  }

  /// The program named behind `#!`; `nil` where the file does not begin so.
  private static func interpreterLine(_ bytes: RawSpan) -> String? {
    bytes.withUnsafeBytes { bytes in
      guard bytes.starts(with: Array("#!".utf8)) else { return nil }
      let line = bytes.dropFirst(2).prefix(256).prefix { $0 != 0x0a }.drop { $0 == 0x20 || $0 == 0x09 }
      return String(decoding: line.prefix { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self)
    }
  }

  private func refused(_ path: String, _ code: String, _ failure: LoadFailure) -> Load {
    Load(outcome: .throwsError(code: code, message: "spawn \(path) \(code)"), failure: failure)
  }

  /// Lambda's `/bin/sh` is bash, which ends with status 126.
  private func handedToShell(_ path: String, _ failure: LoadFailure) -> Load {
    Load(
      outcome: .crashes(signal: nil, exit: 126, message: "\(path): \(path): cannot execute binary file"),
      failure: failure)
  }
}
