/// What `child_process`, the shell and the kernel say of programs that are started.
enum ChildProcess: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern(" eacces", denied),
    Pattern("eacces: permission denied", deniedFile),
    Pattern("erofs: read-only file system", readOnly),
    Pattern(": permission denied", shellDenied),
    Pattern(" enoent", spawnMissing),
    Pattern(" enoexec", formatError),
    Pattern("unknown system error -8", formatError),
    Pattern("unknown system error -86") { hit in Message(.wrongPlatformLocal, .root, path: spawned(hit)) },
    Pattern("exec format error", formatError),
    Pattern("cannot execute binary file", formatError),
    Pattern("cannot execute: required file not found") { hit in
      Message(.muslOnGlibc, .root, .medium, path: Glibc.named(hit)).with {
        $0.misleads = "the program is there; what is missing is its interpreter."
      }.or(.otherNotNative, "head -1 FILE (a script with Windows' line ends)")
    },
    Pattern("fork/exec ") { hit in
      guard let path = hit.word(), hit.rest(limit: 300).has("no such file") else { return nil }
      return Message(.addonNotPackaged, .root, .medium, path: path)
        .or(.muslOnGlibc, "file of the program (its interpreter is another system's)").or(
          .zipPaths, "unzip -l of the zip")
    },
    Pattern("failed to open elf at") { hit in emulated(hit, hit.word()) },
    Pattern("qemu: uncaught target signal") { hit in
      Message(.buildEnvironment, .root, .medium).with {
        $0.remarks.append(
          "The emulator of another processor died; a build on that processor, or npm's --os --cpu --libc, needs none.")
      }.or(.wrongArch, "docker image inspect --format '{{.Architecture}}' IMAGE")
    },
    Pattern("does not match the detected host platform") { hit in
      Message(.wrongArch, .consequence, .low).or(
        .buildEnvironment, "docker run --platform of the function's architecture")
    },
    Pattern("backslashes as path separators") { _ in Message(.zipPaths, .root) },
    Pattern("/var/task/node_modules\\") { hit in zipPath(hit) },
    Pattern("\\node_modules\\") { hit in
      hit.preceding(40).contains("/var/task") || hit.preceding(40).contains("/opt/") ? zipPath(hit) : nil
    },
  ]

  /// An emulator runs a program of another processor, whose C library is not there.
  private static func emulated(_ hit: Hit, _ path: String?) -> Message? {
    Message(.wrongArch, .root, .medium, path: path).or(.glibcOnMusl, "file of the program").with {
      $0.remarks.append("An emulator runs a program of another processor and does not find that processor's C library.")
    }
  }

  private static func zipPath(_ hit: Hit) -> Message? {
    Message(.zipPaths, .root, path: hit.quoted(from: max(0, hit.range.lowerBound - 12), within: 12))
  }

  /// `spawn FILE EACCES`, `spawnSync FILE EACCES`.
  private static func denied(_ hit: Hit) -> Message? {
    guard isSpawning(hit) else { return nil }
    let path = spawned(hit)
    return orNoexec(Message(.permissionLost, .root, path: path), path)
  }

  /// Of a program that has its mode the kernel says the same where its file system is mounted noexec; Lambda's are not.
  private static func orNoexec(_ message: Message, _ path: String?) -> Message {
    message.or(
      .noexecMount, "findmnt -n -o OPTIONS -T \(Glibc.shown(path)) (noexec, though ls -l shows an x)",
      unless: path.map { FileName($0).isOnLambda } ?? false)
  }

  /// Old releases of Node.js name no file: `spawn EACCES`.
  private static func isSpawning(_ hit: Hit) -> Bool {
    hit.passage.text(hit.line.lowerBound..<hit.range.lowerBound).contains("spawn")
  }

  /// What stands between `spawn` and the code.
  private static func spawned(_ hit: Hit) -> String? {
    let line = hit.passage.text(hit.line.lowerBound..<hit.range.lowerBound)
    guard let range = line.ranges(of: "spawn").last else { return nil }
    let rest = line[range.upperBound...]
    let name = (rest.hasPrefix("Sync") ? rest.dropFirst(4) : rest).description.trimmingBlanks
    return name.isEmpty ? nil : name
  }

  private static func deniedFile(_ hit: Hit) -> Message? {
    let path = hit.rest(limit: 1200).between("'", ["'", "\n"]) ?? hit.rest(limit: 1200).between("\"", ["\"", "\n"])
    let operation = hit.rest(limit: 24)
    let isWriting = ["mkdir", "unlink", "rename", "rmdir", "symlink", "copyfile"].contains { operation.has($0) }
    let isDeployed = path.map { FileName($0).isOnLambda } ?? false
    if isWriting || !isDeployed && !(path.map { FileName($0).isAddon || FileName($0).isLibrary } ?? false) {
      return Message(.otherNotNative, .unrelated, .medium, path: path).with {
        $0.remarks.append("The function's user may not do that; only /tmp can be written.")
      }
    }
    return Message(.permissionLost, .root, path: path)
  }

  /// Who tries to repair permissions on Lambda meets a read-only file system.
  private static func readOnly(_ hit: Hit) -> Message? {
    let path = hit.rest(limit: 1200).between("'", ["'", "\n"])
    guard hit.rest(limit: 16).has("chmod") || hit.rest(limit: 16).has("chown") else {
      return Message(.otherNotNative, .unrelated, .medium, path: path).with {
        $0.remarks.append("/var/task and /opt cannot be written; /tmp can.")
      }
    }
    return Message(.permissionLost, .root, path: path).with {
      $0.remarks.append(
        "The code tries to set the permission at run time, which the read-only file system does not let it: the mode has to be right in the zip."
      )
    }
  }

  /// `sh: FILE: Permission denied`.
  private static func shellDenied(_ hit: Hit) -> Message? {
    let rest = hit.rest(limit: 12)
    guard rest.isEmpty || !rest.contains(","), let path = hit.subject() else { return nil }
    guard FileName(path).components.count > 1 || hit.lineText.has("sh: ") else { return nil }
    guard !hit.lineText.has("cannot open shared object"), !hit.lineText.has("publickey"), !hit.lineText.has("docker")
    else { return nil }
    return orNoexec(Message(.permissionLost, .root, .medium, path: path), path)
  }

  /// `spawn FILE ENOENT`: the file, or the interpreter that it names, is missing.
  private static func spawnMissing(_ hit: Hit) -> Message? {
    guard let path = spawned(hit) else {
      guard isSpawning(hit) else { return nil }
      return Message(.addonNotPackaged, .root, .medium).or(
        .otherNotNative, "the name in the code that starts the program")
    }
    let file = FileName(path)
    if ["npm", "npx", "yarn", "pnpm", "docker", "python", "python3", "make", "node-gyp", "git"].contains(file.base),
      !file.isAbsolute
    {
      return Message(.buildEnvironment, .root, path: path)
    }
    let show = Glibc.shown(path)
    let message = Message(.addonNotPackaged, .root, .medium, path: path)
    guard !file.isBare else {
      return message.with {
        $0.remarks.append("\(path) is looked for on PATH, and Lambda's image has no such program.")
      }
      .or(.otherNotNative, "command -v \(show)")
    }
    return message.or(.muslOnGlibc, "file \(show) (interpreter /lib/ld-musl-…: there, but its loader is not)")
      .or(.otherNotNative, "head -1 \(show) (a script whose first line ends as on Windows)")
  }

  /// ENOEXEC: not a format that this kernel runs.
  private static func formatError(_ hit: Hit) -> Message? {
    let line = hit.lineText
    // -8 is ENOEXEC, -86 macOS's EBADARCH.
    if line.has("error loading shared library") || hit.rest(limit: 1) == "6" { return nil }
    let path = spawned(hit) ?? execName(hit, line)
    if hit.isAround(.imageBuild) || hit.isAround(.installing), !line.has("/opt/extensions") {
      return Message(.buildEnvironment, .root, path: path).with {
        $0.remarks.append(
          "The image is for another processor than this machine's, and no emulator is registered for it.")
      }.or(.wrongArch, "uname -m; docker image inspect --format '{{.Architecture}}' IMAGE")
    }
    let isContainer =
      line.has("fork/exec") || line.has("exec user process") || line.has("standard_init_linux")
      || line.has("launch error") || line.has("entrypoint")
    let look = "file \(Glibc.shown(path)), or airworthy inspect \(Glibc.shown(path))"
    if isContainer || line.has("exec /") && line.has("exec format error") {
      return Message(.wrongArch, .root, path: path).or(.foreignFormat, look)
    }
    // What is in a layer was made for Linux, by somebody else, and for one architecture.
    if path?.hasPrefix("/opt/") ?? false {
      return Message(.wrongArch, .root, .medium, path: path).or(.foreignFormat, look)
    }
    return Message(.foreignFormat, .root, .medium, path: path).or(.wrongArch, look).or(.damagedFile, look)
  }

  private static func execName(_ hit: Hit, _ line: String) -> String? {
    if let name = line.between("exec ", [":", " "]), name.contains("/") { return name }
    return Glibc.named(hit)
  }
}
