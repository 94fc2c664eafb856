/// Functions that do nothing but return an integer constant, as compilers emit them.
///
/// `node_api_module_get_api_version_v1` is such a function.
enum ConstantFunction {
  /// How much code is looked at, at most.
  static let byteCount = 64

  /// The constant, for an ELF machine; `nil` where the code does anything else or the machine is another.
  static func value(_ code: RawSpan, machine: UInt16) -> Int? {
    switch machine {
    case ELF.EM_X86_64: valueX86(code)
    case ELF.EM_AARCH64: valueARM64(code)
    default: nil
    }
  }

  private static func copy(_ code: RawSpan) -> [UInt8] {
    code.withUnsafeBytes { Array($0.prefix(byteCount)) }
  }

  /// Follows stack frame set-up, constant loads into `eax` and the return; anything else is not a constant function.
  static func valueX86(_ span: RawSpan) -> Int? {
    let code = copy(span)
    let skipped: [[UInt8]] = [
      [0xf3, 0x0f, 0x1e, 0xfa], [0x55], [0x48, 0x89, 0xe5], [0x89, 0xe5], [0x5d], [0xc9], [0x90], [0x66, 0x90],
      [0x0f, 0x1f, 0x00], [0x0f, 0x1f, 0x40, 0x00],
    ]
    var position = 0
    var value: Int?
    while position < code.count {
      let rest = code[position...]
      if rest.first == 0xc3 || rest.starts(with: [0xf3, 0xc3]) { return value }
      if rest.first == 0xb8, let constant: UInt32 = TableReader(bytes: code, order: .little).integer(position + 1) {
        value = Int(Int32(bitPattern: constant))
        position += 5
      } else if rest.count >= 3, rest.first == 0x6a, rest[position + 2] == 0x58 {
        value = Int(Int8(bitPattern: rest[position + 1]))
        position += 3
      } else if rest.starts(with: [0x31, 0xc0]) {
        value = 0
        position += 2
      } else if let known = skipped.first(where: { rest.starts(with: $0) }) {
        position += known.count
      } else {
        return nil
      }
    }
    return nil
  }

  static func valueARM64(_ span: RawSpan) -> Int? {
    let code = TableReader(bytes: copy(span), order: .little)
    var value: UInt32?
    for index in 0..<code.bytes.count / 4 {
      guard let word: UInt32 = code.integer(index * 4) else { return nil }
      let immediate = (word >> 5) & 0xffff
      switch word & 0xffe0_001f {
      case 0x5280_0000: value = immediate  // movz w0
      case 0x52a0_0000: value = immediate << 16  // movz w0, lsl 16
      case 0x1280_0000: value = ~immediate  // movn w0
      case 0x12a0_0000: value = ~(immediate << 16)  // movn w0, lsl 16
      case 0x7280_0000: value = ((value ?? 0) & 0xffff_0000) | immediate  // movk w0
      case 0x72a0_0000: value = ((value ?? 0) & 0xffff) | immediate << 16  // movk w0, lsl 16
      default:
        switch word {
        case 0x2a1f_03e0: value = 0  // mov w0, wzr
        case 0x3200_7be0: value = 0x7fff_ffff  // orr w0, wzr, #0x7fffffff
        case 0xd65f_03c0: return value.map { Int(Int32(bitPattern: $0)) }  // ret
        case 0xd503_245f, 0xd503_233f, 0xd503_23bf, 0xd503_201f: continue  // bti c, paciasp, autiasp, nop
        case 0xa9bf_7bfd, 0x9100_03fd, 0xa8c1_7bfd: continue  // stp/ldp x29, x30; mov x29, sp
        default: return nil
        }
      }
    }
    return nil
  }
}
