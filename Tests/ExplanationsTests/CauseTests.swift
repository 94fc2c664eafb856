import Audit
import Testing

@testable import Explanations

@Suite("Causes and rules")
struct CauseTests {
  @Test("The causes have the ids of the contract")
  func ids() {
    #expect(Cause.allCases.count == 33)
    #expect(Cause.allCases.map(\.rawValue).allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "-" } })
  }

  @Test("Every rule that a cause names exists")
  func rules() {
    let known = Set(RuleDocumentation.all.map(\.id))
    for cause in Cause.allCases { #expect(cause.rules.filter { !known.contains($0) } == [], "\(cause.rawValue)") }
  }

  @Test("A platform package leads to the package that has it among its optional dependencies")
  func parents() {
    let pairs = [
      "@img/sharp-linux-x64": "sharp", "@img/sharp-libvips-linux-arm64": "sharp",
      "@swc/core-linux-x64-gnu": "@swc/core",
      "@esbuild/linux-x64": "esbuild", "@rollup/rollup-linux-x64-gnu": "rollup",
      "lightningcss-linux-x64-gnu": "lightningcss",
      "@node-rs/argon2-darwin-arm64": "@node-rs/argon2", "@parcel/watcher-linux-x64-glibc": "@parcel/watcher",
      "sharp": "sharp",
    ]
    for (name, parent) in pairs { #expect(PlatformNames.parent(of: name) == parent) }
  }

  @Test("The npm package of a path is the one of its last node_modules")
  func owners() {
    #expect(FileName("/var/task/node_modules/a/node_modules/@s/b/build/x.node").npmPackage == "@s/b")
    #expect(FileName("/x/node_modules/.pnpm/a@1.0.0/node_modules/a/x.node").npmPackage == "a")
    #expect(FileName(#"C:\p\node_modules\ffi\x.node"#).npmPackage == "ffi")
    #expect(FileName("/var/task/x.node").npmPackage == nil)
  }
}
