extension CodeEvaluation {
  /// The operand that a ModRM byte names beside a register.
  enum X86Operand {
    case register(Int)
    case memory(UInt64?)
  }

  struct X86Instruction {
    var rex: UInt8 = 0
    var isShort = false
    /// `F2` or `F3`, where it came.
    var repeats: UInt8 = 0
    var usesThreadPointer = false
    var count: Int { rex & 8 != 0 ? 8 : isShort ? 2 : 4 }
  }

  mutating func fetch(_ count: Int) throws(Stop) -> UInt64 {
    // Code is what the file says: nothing relocates it.
    guard let value = inFile(pc, count: count) else { throw .undecided }
    pc &+= UInt64(count)
    return value
  }

  mutating func immediate(_ count: Int) throws(Stop) -> UInt64 {
    Self.signExtended(try fetch(count), count: count)
  }

  /// A ModRM byte with what follows it; `trailing` bytes of immediate stand behind, for addresses relative to the next
  /// instruction.
  mutating func modRM(_ it: X86Instruction, trailing: Int = 0) throws(Stop) -> (register: Int, operand: X86Operand) {
    let byte = try fetch(1)
    let (mode, low) = (byte >> 6, Int(byte & 7))
    let register = Int(byte >> 3 & 7) | (it.rex & 4 != 0 ? 8 : 0)
    if mode == 3 { return (register, .register(low | (it.rex & 1 != 0 ? 8 : 0))) }
    var address: UInt64?
    if low == 4 {
      address = try scaledIndex(it, mode: mode)
    } else if low == 5, mode == 0 {
      let displacement = try immediate(4)
      address = pc &+ UInt64(trailing) &+ displacement
    } else {
      address = registers[low | (it.rex & 1 != 0 ? 8 : 0)]
    }
    if mode == 1 || mode == 2 {
      let displacement = try immediate(mode == 1 ? 1 : 4)
      address = address.map { $0 &+ displacement }
    }
    return (register, .memory(it.usesThreadPointer ? nil : address))
  }

  mutating func scaledIndex(_ it: X86Instruction, mode: UInt64) throws(Stop) -> UInt64? {
    let byte = try fetch(1)
    let (index, base) = (Int(byte >> 3 & 7) | (it.rex & 2 != 0 ? 8 : 0), Int(byte & 7))
    var address: UInt64?
    if base == 5, mode == 0 {
      address = try immediate(4)
    } else {
      address = registers[base | (it.rex & 1 != 0 ? 8 : 0)]
    }
    if index == 4 { return address }
    guard let start = address, let steps = registers[index] else { return nil }
    return start &+ steps << (byte >> 6)
  }

  func get(_ operand: X86Operand, _ it: X86Instruction, count: Int) -> UInt64? {
    switch operand {
    case .memory(let address): load(address, count: count)
    case .register(let number):
      if count == 1, it.rex == 0, number >= 4 {
        registers[number - 4].map { $0 >> 8 & 0xff }
      } else {
        registers[number].map { $0 & Self.mask(count) }
      }
    }
  }

  mutating func set(_ operand: X86Operand, _ value: UInt64?, _ it: X86Instruction, count: Int) {
    switch operand {
    case .memory(let address): store(value, at: address, count: count)
    case .register(let number):
      if count >= 4 {
        registers[number] = value.map { $0 & Self.mask(count) }
      } else if count == 1, it.rex == 0, number >= 4 {
        guard let value, let old = registers[number - 4] else {
          registers[number - 4] = nil
          return
        }
        registers[number - 4] = old & ~0xff00 | (value & 0xff) << 8
      } else {
        guard let value, let old = registers[number] else {
          registers[number] = nil
          return
        }
        registers[number] = old & ~Self.mask(count) | value & Self.mask(count)
      }
    }
  }
}
