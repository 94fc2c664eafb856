/// The literal requests of a script's `require` calls, read off its text without following it.
struct RequireLiterals {
  /// In the order of the text.
  let requests: [String]

  init(_ text: some StringProtocol) {
    var found: [String] = []
    let bytes = Array(text.utf8)
    let call = Array("require(".utf8)
    var index = 0
    while index + call.count < bytes.count {
      guard bytes[index] == call[0], bytes[index..<(index + call.count)].elementsEqual(call) else {
        index += 1
        continue
      }
      index += call.count
      let quote = bytes[index]
      guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
        let end = bytes[(index + 1)...].firstIndex(of: quote), end - index < 300
      else { continue }
      found.append(String(decoding: bytes[(index + 1)..<end], as: UTF8.self))
      index = end
    }
    requests = found
  }

  /// The first request that ends in `suffix`.
  func first(endingWith suffix: String) -> String? { requests.first { $0.hasSuffix(suffix) } }
}
