import Testing

@testable import NodeModules

@Suite("Platform words in names")
struct PlatformTokensTests {
  @Test("A name with a platform and an architecture is a platform package's, whichever they are")
  func platformPackages() {
    for platform in PlatformTokens.platformNames.keys {
      for architecture in PlatformTokens.architectureNames.keys {
        #expect(PlatformTokens.isPlatformPackage("@x/core-\(platform)-\(architecture)"))
        #expect(PlatformTokens.isPlatformPackage("core.\(architecture.uppercased())_\(platform)"))
        #expect(PlatformTokens.isPlatformPackage("@x/\(platform)-\(architecture)"))
      }
    }
    #expect(PlatformTokens.isPlatformPackage("turbo-linux-64"))
    for name in ["lodash-es", "es5-ext", "linux", "x64", "alarm-linux", "linuxarm64", "@linux-x64/core", "package123"] {
      #expect(!PlatformTokens.isPlatformPackage(name))
    }
  }
}
