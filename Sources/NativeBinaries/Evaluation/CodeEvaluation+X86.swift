extension CodeEvaluation {
  mutating func stepX86() throws(Stop) {
    var it = X86Instruction()
    var opcode = try fetch(1)
    while true {
      switch opcode {
      case 0x66: it.isShort = true
      case 0xf2, 0xf3: it.repeats = UInt8(opcode)
      case 0x64: it.usesThreadPointer = true
      case 0x2e, 0x3e: break
      case 0x40...0x4f: it.rex = UInt8(opcode)
      default:
        try opcode == 0x0f ? twoByte(it) : oneByte(UInt8(opcode), it)
        return
      }
      opcode = try fetch(1)
    }
  }

  private mutating func oneByte(_ opcode: UInt8, _ it: X86Instruction) throws(Stop) {
    let low = Int(opcode & 7) | (it.rex & 1 != 0 ? 8 : 0)
    switch opcode {
    case 0x00...0x3f where opcode & 7 < 6: try arithmetic(opcode, it)
    case 0x50...0x57: push(registers[low])
    case 0x58...0x5f: registers[low] = pop()
    case 0x63:
      let (register, operand) = try modRM(it)
      set(.register(register), get(operand, it, count: 4).map { Self.signExtended($0, count: 4) }, it, count: it.count)
    case 0x68: push(try immediate(4))
    case 0x6a: push(try immediate(1))
    case 0x69, 0x6b:
      let width = opcode == 0x6b ? 1 : min(it.count, 4)
      let (register, operand) = try modRM(it, trailing: width)
      let factor = try immediate(width)
      set(.register(register), get(operand, it, count: it.count).map { $0 &* factor }, it, count: it.count)
      flags = nil
    case 0x70...0x7f: try jump(if: opcode & 15, by: try immediate(1))
    case 0x80, 0x81, 0x83:
      let count = opcode == 0x80 ? 1 : it.count
      let width = opcode == 0x81 ? min(count, 4) : 1
      let (operation, operand) = try modRM(it, trailing: width)
      let value = try immediate(width)
      let result = try combine(operation & 7, get(operand, it, count: count), value, count: count)
      if operation & 7 != 7 { set(operand, result, it, count: count) }
    case 0x84, 0x85:
      let count = opcode == 0x84 ? 1 : it.count
      let (register, operand) = try modRM(it)
      let (a, b) = (get(operand, it, count: count), get(.register(register), it, count: count))
      setLogicFlags(a.flatMap { a in b.map { a & $0 } }, count: count)
    case 0x88, 0x89:
      let count = opcode == 0x88 ? 1 : it.count
      let (register, operand) = try modRM(it)
      set(operand, get(.register(register), it, count: count), it, count: count)
    case 0x8a, 0x8b:
      let count = opcode == 0x8a ? 1 : it.count
      let (register, operand) = try modRM(it)
      // The canary of a stack frame, at %fs:0x28, may be any number as long as it stays the same.
      let value = it.usesThreadPointer ? 0x5afe : get(operand, it, count: count)
      set(.register(register), value, it, count: count)
    case 0x8d:
      let (register, operand) = try modRM(it)
      guard case .memory(let address) = operand else { throw .undecided }
      set(.register(register), address, it, count: it.count)
    case 0x90: break
    case 0x98:
      let half = it.count / 2
      set(.register(0), registers[0].map { Self.signExtended($0, count: half) }, it, count: it.count)
    case 0xa8, 0xa9:
      let count = opcode == 0xa8 ? 1 : it.count
      let value = try immediate(opcode == 0xa8 ? 1 : min(it.count, 4))
      setLogicFlags(registers[0].map { $0 & value }, count: count)
    case 0xb0...0xb7: set(.register(low), try fetch(1), it, count: 1)
    case 0xb8...0xbf: set(.register(low), try fetch(it.count), it, count: it.count)
    case 0xc0, 0xc1, 0xd0, 0xd1: try shift(opcode, it)
    case 0xc3: pc = try jumpTarget(pop())
    case 0xc6, 0xc7:
      let width = opcode == 0xc6 ? 1 : min(it.count, 4)
      let (_, operand) = try modRM(it, trailing: width)
      set(operand, try immediate(width), it, count: opcode == 0xc6 ? 1 : it.count)
    case 0xc9:
      registers[4] = registers[5]
      registers[5] = pop()
    case 0xe8:
      let distance = try immediate(4)
      push(pc)
      pc = pc &+ distance
    case 0xe9:
      let distance = try immediate(4)
      pc = pc &+ distance
    case 0xeb:
      let distance = try immediate(1)
      pc = pc &+ distance
    case 0xf6, 0xf7: try unary(opcode, it)
    case 0xff: try indirect(it)
    default: throw .undecided
    }
  }

  private mutating func arithmetic(_ opcode: UInt8, _ it: X86Instruction) throws(Stop) {
    let operation = Int(opcode >> 3)
    let count = opcode & 1 == 0 ? 1 : it.count
    if opcode & 7 >= 4 {
      let value = try immediate(min(count, 4))
      let result = try combine(operation, get(.register(0), it, count: count), value, count: count)
      if operation != 7 { set(.register(0), result, it, count: count) }
      return
    }
    let (register, operand) = try modRM(it)
    let target: X86Operand = opcode & 2 == 0 ? operand : .register(register)
    let source: X86Operand = opcode & 2 == 0 ? .register(register) : operand
    // xor and sub of a register with itself are known whatever it holds.
    if case .register(let number) = operand, number == register, operation == 6 || operation == 5 {
      setLogicFlags(0, count: count)
      return set(target, 0, it, count: count)
    }
    var value = get(source, it, count: count)
    if it.usesThreadPointer { value = 0x5afe }
    let result = try combine(operation, get(target, it, count: count), value, count: count)
    if operation != 7 { set(target, result, it, count: count) }
  }

  /// The eight operations of the first group: add, or, adc, sbb, and, sub, xor, cmp.
  private mutating func combine(_ operation: Int, _ a: UInt64?, _ b: UInt64?, count: Int) throws(Stop) -> UInt64? {
    var result: UInt64?
    switch operation {
    case 0: return add(a, b, subtracting: false, count: count)
    case 5, 7: return add(a, b, subtracting: true, count: count)
    case 1: result = a.flatMap { a in b.map { a | $0 } }
    case 4: result = a == 0 || b == 0 ? 0 : a.flatMap { a in b.map { a & $0 } }
    case 6: result = a.flatMap { a in b.map { a ^ $0 } }
    default: throw .undecided
    }
    result = result.map { $0 & Self.mask(count) }
    setLogicFlags(result, count: count)
    return result
  }

  private mutating func shift(_ opcode: UInt8, _ it: X86Instruction) throws(Stop) {
    let count = opcode & 1 == 0 ? 1 : it.count
    let (operation, operand) = try modRM(it, trailing: opcode < 0xd0 ? 1 : 0)
    let distance = opcode < 0xd0 ? try fetch(1) & (count == 8 ? 63 : 31) : 1
    let value = get(operand, it, count: count)
    flags = nil
    switch operation & 7 {
    case 4: set(operand, value.map { $0 << distance }, it, count: count)
    case 5: set(operand, value.map { $0 >> distance }, it, count: count)
    case 7:
      let extended = value.map { Int64(bitPattern: Self.signExtended($0, count: count)) }
      set(operand, extended.map { UInt64(bitPattern: $0 >> Int64(distance)) }, it, count: count)
    default: throw .undecided
    }
  }

  private mutating func unary(_ opcode: UInt8, _ it: X86Instruction) throws(Stop) {
    let count = opcode & 1 == 0 ? 1 : it.count
    // Only the first of the group has an immediate: look at its number before the operand is read.
    let isTest = try peek() >> 3 & 6 == 0
    let width = isTest ? min(count, 4) : 0
    let (operation, operand) = try modRM(it, trailing: width)
    let value = get(operand, it, count: count)
    switch operation & 7 {
    case 0, 1:
      let mask = try immediate(width)
      setLogicFlags(value.map { $0 & mask }, count: count)
    case 2: set(operand, value.map { ~$0 }, it, count: count)
    case 3: set(operand, add(0, value, subtracting: true, count: count), it, count: count)
    default: throw .undecided
    }
  }

  private func peek() throws(Stop) -> UInt8 {
    guard let byte = try? file.integer(at: pc, as: UInt8.self) else { throw .undecided }
    return byte
  }

  private mutating func indirect(_ it: X86Instruction) throws(Stop) {
    let operation = try peek() >> 3 & 7
    let (_, operand) = try modRM(it)
    switch operation {
    case 0, 1:
      let carry = flags?.carry
      let value = add(get(operand, it, count: it.count), 1, subtracting: operation == 1, count: it.count)
      if let carry { flags?.carry = carry }
      set(operand, value, it, count: it.count)
    case 2:
      let target = get(operand, it, count: 8)
      push(pc)
      pc = try jumpTarget(target)
    case 4: pc = try jumpTarget(get(operand, it, count: 8))
    case 6: push(get(operand, it, count: 8))
    default: throw .undecided
    }
  }

  /// Whether a condition holds: `jcc`, `setcc` and `cmovcc` number them alike.
  private func holds(_ condition: UInt8) throws(Stop) -> Bool {
    guard let flags else { throw .undecided }
    let isMet: Bool
    switch condition >> 1 {
    case 0: isMet = flags.overflow
    case 1: isMet = flags.carry
    case 2: isMet = flags.zero
    case 3: isMet = flags.carry || flags.zero
    case 4: isMet = flags.sign
    case 6: isMet = flags.sign != flags.overflow
    case 7: isMet = flags.zero || flags.sign != flags.overflow
    default: throw .undecided
    }
    return isMet != (condition & 1 == 1)
  }

  private mutating func jump(if condition: UInt8, by distance: UInt64) throws(Stop) {
    if try holds(condition) { pc = pc &+ distance }
  }

  private mutating func twoByte(_ it: X86Instruction) throws(Stop) {
    let opcode = UInt8(try fetch(1))
    switch opcode {
    case 0x18...0x1f: _ = try modRM(it)
    case 0x40...0x4f:
      let (register, operand) = try modRM(it)
      let value = try holds(opcode & 15) ? get(operand, it, count: it.count) : registers[register]
      set(.register(register), value, it, count: it.count)
    case 0x80...0x8f: try jump(if: opcode & 15, by: try immediate(4))
    case 0x90...0x9f:
      let (_, operand) = try modRM(it)
      set(operand, try holds(opcode & 15) ? 1 : 0, it, count: 1)
    case 0xaf:
      let (register, operand) = try modRM(it)
      let (a, b) = (registers[register], get(operand, it, count: it.count))
      set(.register(register), a.flatMap { a in b.map { a &* $0 } }, it, count: it.count)
      flags = nil
    case 0xb6, 0xb7, 0xbe, 0xbf:
      let width = opcode & 1 == 0 ? 1 : 2
      let (register, operand) = try modRM(it)
      let value = get(operand, it, count: width)
      let isSigned = opcode >= 0xbe
      set(
        .register(register), isSigned ? value.map { Self.signExtended($0, count: width) } : value, it, count: it.count)
    default: try vector(opcode, it)
    }
  }

  /// Moves of vector registers, which compilers fill and copy structures with.
  private mutating func vector(_ opcode: UInt8, _ it: X86Instruction) throws(Stop) {
    let (register, operand) = try modRM(it)
    var source: Vector {
      switch operand {
      case .register(let number): vectors[number]
      case .memory(let address):
        Vector(low: load(address, count: 8), high: load(address.map { $0 &+ 8 }, count: 8))
      }
    }
    switch (opcode, it.repeats) {
    case (0x10, 0), (0x28, 0), (0x6f, _): vectors[register] = source
    case (0x11, 0), (0x29, 0), (0x7f, _), (0x2b, 0), (0xe7, 0):
      guard case .memory(let address) = operand else {
        if case .register(let number) = operand { vectors[number] = vectors[register] }
        return
      }
      store(vectors[register][0], at: address, count: 8)
      store(vectors[register][1], at: address.map { $0 &+ 8 }, count: 8)
    case (0x57, 0), (0xef, 0):
      if case .register(let number) = operand, number == register {
        vectors[register] = .zero
      } else {
        vectors[register] = .unknown
      }
    case (0x6e, 0): vectors[register] = Vector(low: get(operand, it, count: it.rex & 8 != 0 ? 8 : 4), high: 0)
    case (0x7e, 0xf3): vectors[register] = Vector(low: source.low, high: 0)
    case (0x7e, 0):
      let count = it.rex & 8 != 0 ? 8 : 4
      set(operand, vectors[register][0], it, count: count)
    case (0xd6, 0), (0x13, 0):
      guard case .memory(let address) = operand else { throw .undecided }
      store(vectors[register][0], at: address, count: 8)
    case (0x17, 0):
      guard case .memory(let address) = operand else { throw .undecided }
      store(vectors[register][1], at: address, count: 8)
    case (0x16, 0), (0x6c, 0): vectors[register][1] = source[0]
    default: throw .undecided
    }
  }
}
