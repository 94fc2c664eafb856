/// next's compiler, which only a build needs.
///
/// Convention: `@next/swc-<tuple>`, such as `@next/swc-linux-x64-gnu`.
///
/// Precedence: `@next/swc/native/next-swc.<tuple>.node` for each tuple of the architecture (`gnu`, then `musl`: the C library is not
/// told apart), then `@next/swc-<tuple>` for each. `next build` goes on with a download and with WebAssembly; `next start` and
/// standalone output never load it.
///
/// Source: vercel/next.js `packages/next/src/build/swc/index.ts` (15 and 16).
enum NextSWC: PackageLoader {
  static let id = "next-swc"

  static let packageNames = ["next"]

  static func isUsed(by package: NPMPackage) -> Bool { isNamed(package) && package.isAtLeast(12) }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let tuples = ["gnu", "musl"].map { search.process.platform.tuple + "-" + $0 }
    let requests = tuples.map { "@next/swc/native/next-swc.\($0).node" } + tuples.map { "@next/swc-" + $0 }
    let (module, _) = try search.first(of: requests, from: search.directory + "/dist/build/swc")
    if let module { return .found(module.path) }
    return .goesWithout("only next build compiles; next start does not")
  }
}
