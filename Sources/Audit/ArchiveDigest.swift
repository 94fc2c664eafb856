import Crypto
import PackageFiles

/// The checksum of an archive.
public enum ArchiveDigest {
  /// SHA-256 of the file at `path`, base 16. Throws `TreeError` where it cannot be read.
  public static func sha256(ofFileAt path: String) throws(TreeError) -> String {
    let file = try MappedFile(path: path)
    var hash = SHA256()
    file.withBytes { span in span.withUnsafeBytes { hash.update(bufferPointer: $0) } }
    return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
