import Testing

@testable import PackageFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

@Suite("A package is known by its contents")
struct OpenPackageTests {
  @Test("Directories and zips are opened, whatever their names and whatever stands before the zip")
  func recognised() throws {
    let directory = try TemporaryDirectory()
    var zip = ZipAssembler([.init("index.js", "x")])
    directory.write("package.tar.gz", zip.bytes())
    zip.prefix = [0x1f, 0x8b, 0]
    directory.write("prefixed", zip.bytes())
    directory.link("link", to: "prefixed")
    #expect(try openPackage(path: directory.path).container == .directory)
    for name in ["package.tar.gz", "prefixed", "link"] {
      let package = try openPackage(path: "\(directory.path)/\(name)")
      #expect(package.container == .zip && package.tree.names(.root) == ["index.js"])
      #expect(package.archiveByteCount == zip.bytes().count - (name == "package.tar.gz" ? 3 : 0))
    }
  }

  @Test("What cannot be a package says why, in one line")
  func refused() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path
    var tar = [UInt8](repeating: 0, count: 512)
    tar.replaceSubrange(257..<262, with: "ustar".utf8)
    directory.write("t", tar)
    directory.write("z", [0x1f, 0x8b, 8, 0])
    directory.write("e", "")
    directory.write("text", "hello")
    directory.write("cut.zip", Array(ZipAssembler([.init("a", "b")]).bytes().dropLast(1)))
    mkfifo(path + "/pipe", 0o644)
    #expect(failure("\(path)/none") == .missing("\(path)/none"))
    #expect(failure("\(path)/t") == .unsupportedArchive("\(path)/t", "a tar archive"))
    #expect(failure("\(path)/z") == .unsupportedArchive("\(path)/z", "a gzip file"))
    #expect(failure("\(path)/e") == .damaged("\(path)/e", "it is empty"))
    #expect(failure("\(path)/text") == .unknownPackageFormat("\(path)/text"))
    #expect(failure("\(path)/pipe") == .notARegularFile("\(path)/pipe"))
    guard case .damaged = failure("\(path)/cut.zip") else { throw TreeError.missing("damage") }
    #expect(TreeError.missing("a\nb").description == "a\\u{a}b: no such file or directory; check the path")
  }

  private func failure(_ path: String) -> TreeError? {
    do {
      _ = try openPackage(path: path)
      return nil
    } catch {
      return error
    }
  }
}
