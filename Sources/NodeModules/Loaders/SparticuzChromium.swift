/// @sparticuz/chromium, which carries Chromium compressed.
///
/// Convention: `bin/chromium.br` and archives beside it, which JavaScript inflates into `/tmp`; none of them is an ELF file in the
/// package.
///
/// Precedence: `executablePath()` inflates `chromium.br`, `fonts.tar.br`, `swiftshader.tar.br` and, where `AWS_EXECUTION_ENV` or
/// `AWS_LAMBDA_JS_RUNTIME` names a runtime of Amazon Linux 2023, `al2023.tar.br`. The directory must be there.
///
/// Source: Sparticuz/chromium `source/index.ts` (current).
enum SparticuzChromium: PackageLoader {
  static let id = "sparticuz-chromium"

  static let packageNames = ["@sparticuz/chromium"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let directory = search.directory + "/bin"
    if search.exists(directory) { return .goesWithout("it inflates Chromium from bin/*.br into /tmp at run time") }
    return .fails(
      NodeError(
        "The input directory \"\(directory)\" does not exist. If you are using a bundler (esbuild, webpack, etc.), you must externalize @sparticuz/chromium so it is not relocated. See: https://github.com/Sparticuz/chromium#bundler-configuration"
      ))
  }
}
