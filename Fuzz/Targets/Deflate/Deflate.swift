import CZlib

@testable import PackageFiles

// libFuzzer calls from one thread.
nonisolated(unsafe) private let decoder = DeflateHeadDecoder(capacity: 65)

/// The first byte asks for a length; the rest is a stream, of which the decoder must make what zlib makes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  guard let start, count > 0 else { return 0 }
  // zlib takes an output without room for a mistake.
  let wanted = 1 + Int(start.load(as: UInt8.self)) % 65
  let stream = UnsafeRawBufferPointer(start: start + 1, count: count - 1)
  let ours = decoder.head(of: stream, count: wanted)
  withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 65) { output in
    let zlib = inflated(stream, output, wanted)
    precondition(ours.bytes.elementsEqual(output[..<zlib.count]))
    precondition((ours.damage == nil) == (zlib.count == wanted || zlib.isAtEnd))
  }
  return 0
}

private func inflated(
  _ stream: UnsafeRawBufferPointer, _ output: UnsafeMutableBufferPointer<UInt8>, _ wanted: Int
) -> (count: Int, isAtEnd: Bool) {
  var state = z_stream()
  inflateInit2_(&state, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  defer { inflateEnd(&state) }
  let bytes = stream.bindMemory(to: UInt8.self)
  // zlib refuses a null pointer, which an empty buffer may be.
  state.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
  state.avail_in = UInt32(bytes.count)
  state.next_out = output.baseAddress
  state.avail_out = UInt32(wanted)
  let status = inflate(&state, Z_SYNC_FLUSH)
  return (wanted - Int(state.avail_out), status == Z_STREAM_END)
}
