import Testing

@testable import NodeModules

@Suite("Files that were read, by their paths")
struct FilesByPathTests {
  @Test("Those below a directory are found whenever they come, and no others")
  func below() {
    var files = FilesByPath()
    var paths: [String] = []
    // Names that begin like another's, and that sort before and behind a slash.
    for (number, directory) in ["/a", "/a/b", "/a-b", "/ab", "/a/b/c", "/a0", "/é", "/", "/a/b-"].enumerated() {
      for name in ["index.js", "x/y.js", "-.js"] {
        let path = directory + "/" + name
        files[path] = JavaScriptFile(path: path, bytes: [])
        paths.append(path)
        if number % 2 == 0 { _ = files.below(directory) }
      }
      files[directory + "/index.js"] = JavaScriptFile(path: directory + "/index.js", bytes: [0x20])
      for asked in ["/a", "/a/b", "/a-b", "/ab", "", "/a/b/c/x", "/none", "/é"] {
        let found = files.below(asked).map(\.path)
        #expect(found.sorted() == paths.filter { $0.hasPrefix(asked + "/") }.sorted(), "below \(asked)")
      }
    }
    #expect(files["/a/index.js"]?.bytes == [0x20] && files["/none"] == nil)
  }
}
