/// aws-crt, which carries the binaries of all platforms.
///
/// Convention: `dist/bin/<platform>-<arch>-<glibc|musl>/aws-crt-nodejs.node`; before 1.16 `dist/bin/<platform>-<arch>/`.
///
/// Precedence: That place, then (since 1.21) `AWS_CRT_NODEJS_BINARY_RELATIVE_PATH` and `AWS_CRT_NODEJS_BINARY_ABSOLUTE_PATH`. The
/// first file that exists is required, and what that throws is final.
///
/// Source: awslabs/aws-crt-nodejs `lib/native/binding.js` of 1.15.20, 1.16.0, 1.20 and 1.21.0.
enum AWSCommonRuntime: PackageLoader {
  static let id = "aws-crt"

  static let packageNames = ["aws-crt"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let platform = search.process.platform
    if let maximum = platform.nodeAPIMaximum, maximum < 4 {
      return .fails(
        NodeError(
          "The AWS CRT native implementation requires that NAPI version 4 be present. Please upgrade to node >=10.16.0, or use the provided browser implementation."
        ))
    }
    let dist = search.directory + "/dist"
    let root = search.process.exists(dist) ? dist : search.directory
    let hasLibc = search.package.isAtLeast(1, 16)
    let name = hasLibc ? "\(platform.tuple)-\(search.isMusl ? "musl" : "glibc")" : platform.tuple
    let base = "\(root)/bin/\(name)/aws-crt-nodejs"
    var places = [base + ".node"]
    let hasVariables = search.package.isAtLeast(1, 21)
    if hasVariables {
      if let relative = search.variable("AWS_CRT_NODEJS_BINARY_RELATIVE_PATH") {
        places.append(NodePath.resolve(dist + "/native", relative))
      }
      if let absolute = search.variable("AWS_CRT_NODEJS_BINARY_ABSOLUTE_PATH") { places.append(absolute) }
    }
    for place in places where search.exists(place) {
      return try search.open(place).map { .fails($0) } ?? .found(place)
    }
    // Before 1.21 the text shows the place without its extension.
    let shown = hasVariables ? places : [base]
    return .fails(
      NodeError("AWS CRT binary not present in any of the following locations:\n\t" + shown.joined(separator: "\n\t")))
  }
}
