import PackageFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension EnvironmentFile {
  /// Reads a captured environment. Throws `TreeError` and `EnvironmentError.unreadableEnvironment`.
  public init(readingFile path: String) throws {
    let file = try MappedFile(path: path)
    // The largest real environments have some 20 MB.
    guard file.byteCount <= 1 << 29 else {
      throw EnvironmentError.unreadableEnvironment(path, "it has \(file.byteCount) bytes, more than any environment")
    }
    let data = file.withBytes { span in span.withUnsafeBytes { Data($0) } }
    do {
      self = try JSONDecoder().decode(EnvironmentFile.self, from: data)
    } catch {
      throw EnvironmentError.unreadableEnvironment(path, "it is not the JSON that capture writes")
    }
    guard schema == Self.schema else {
      throw EnvironmentError.unreadableEnvironment(path, "its schema is \(schema), not \(Self.schema)")
    }
  }
}
