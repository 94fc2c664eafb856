import Testing
@testable import PackageFiles
