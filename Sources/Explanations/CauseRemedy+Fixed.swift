import Audit

/// Remedies that are the same for every package.
extension CauseRemedy {
  static let fixed: [Cause: AuditReport.Remedy] = [
    .symlinkDropped: .init(
      summary: "Store links as links, or have none (pnpm: node-linker=hoisted):",
      commands: ["zip --symlinks -r function.zip ."]),
    .zipPaths: .init(
      summary: "Make the zip with a tool that writes forward slashes: zip, 7-Zip, or the tar of Windows 10 and later:",
      commands: ["tar -a -c -f function.zip *"]),
    .sizeLimit: .init(
      summary:
        "Leave out what Lambda does not need: development dependencies, binaries of other platforms, source maps; above 50 MB upload through S3, above 250 MB unzipped deploy an image. airworthy check lists what takes the space:",
      commands: ["npm prune --omit=dev", "airworthy check ."]),
    .staleArtifact: stale,
    .glibcOnMusl: .init(
      summary:
        "Use an image with glibc (node:22-slim instead of node:22-alpine), or install inside the Alpine image, so that musl's binaries are chosen or compiled:",
      commands: ["rm -rf node_modules && npm ci"]),
    .staticTLS: .init(
      summary:
        "Load the library first, before others have used up the room: start Node.js with it in LD_PRELOAD, or require the package before every other. glibc 2.32 and later have more room (glibc.rtld.optional_static_tls).",
      commands: []),
    .noexecMount: .init(
      summary:
        "Put the file where programs may run: /var/task, /opt or /tmp on Lambda; elsewhere a file system that is not mounted noexec.",
      commands: ["mount | grep noexec"]),
    .cpuMicroarch: .init(
      summary:
        "Choose a processor that has what the binary was compiled for (for a virtual machine the CPU type host; Lambda has AVX2), or build it for a plain one:",
      commands: ["grep -m1 flags /proc/cpuinfo"]),
  ]

  /// For a package that is right, and is not what runs.
  static let stale = AuditReport.Remedy(
    summary:
      "Install from nothing, make the package anew, publish the layer anew, and deploy that very file; then compare what is deployed with it:",
    commands: ["rm -rf node_modules && npm ci", "openssl dgst -sha256 -binary function.zip | base64"])

  static let unrelated = AuditReport.Remedy(
    summary:
      "Native binaries have no part in this; look at the code, the configuration or the service that the message names.",
    commands: [])
}
