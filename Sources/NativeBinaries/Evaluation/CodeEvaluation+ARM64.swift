extension CodeEvaluation {
  /// A register as an operand, where 31 is zero.
  private func x(_ number: UInt32, wide: Bool = true) -> UInt64? {
    if number == 31 { return 0 }
    return registers[Int(number)].map { wide ? $0 : $0 & 0xffff_ffff }
  }

  private mutating func setX(_ number: UInt32, _ value: UInt64?, wide: Bool = true) {
    if number != 31 { registers[Int(number)] = value.map { wide ? $0 : $0 & 0xffff_ffff } }
  }

  /// A field of an instruction, as a signed number.
  private static func signed(_ word: UInt32, from low: UInt32, bits: UInt32) -> UInt64 {
    let value = Int32(bitPattern: word << (32 - low - bits)) >> Int32(32 - bits)
    return UInt64(bitPattern: Int64(value))
  }

  mutating func stepARM64() throws(Stop) {
    guard let word = try? file.integer(at: pc, as: UInt32.self) else { throw .undecided }
    let here = pc
    pc &+= 4
    switch word {
    case _ where word & 0xffff_f01f == 0xd503_201f: return  // nop, bti, paciasp, autiasp
    case _ where word & 0x1f00_0000 == 0x1000_0000:  // adr, adrp
      let offset = Self.signed(word, from: 5, bits: 19) << 2 | UInt64(word >> 29 & 3)
      setX(word & 31, word >> 31 == 1 ? (here & ~0xfff) &+ offset << 12 : here &+ offset)
    case _ where word & 0x1f80_0000 == 0x1100_0000: addImmediate(word)
    case _ where word & 0x1f80_0000 == 0x1280_0000: try moveWide(word)
    case _ where word & 0x1f80_0000 == 0x1200_0000: try logicalImmediate(word)
    case _ where word & 0x1f00_0000 == 0x0a00_0000: try logicalRegister(word)
    case _ where word & 0x1f20_0000 == 0x0b00_0000: try addRegister(word)
    case _ where word & 0x3fe0_0000 == 0x1a80_0000: try select(word)
    case _ where word & 0x7c00_0000 == 0x1400_0000:  // b, bl
      if word >> 31 == 1 { registers[30] = pc }
      pc = here &+ Self.signed(word, from: 0, bits: 26) << 2
    case _ where word & 0xff9f_fc1f == 0xd61f_0000:  // br, blr, ret
      let target = try jumpTarget(x(word >> 5 & 31))
      if word >> 21 & 3 == 1 { registers[30] = pc }
      pc = target
    case 0xd65f_0bff, 0xd65f_0fff: pc = try jumpTarget(registers[30])  // retaa, retab
    case _ where word & 0xff00_0010 == 0x5400_0000:  // b.cond
      if try holdsARM64(word & 15) { pc = here &+ Self.signed(word, from: 5, bits: 19) << 2 }
    case _ where word & 0x7e00_0000 == 0x3400_0000:  // cbz, cbnz
      let value = try jumpTarget(x(word & 31, wide: word >> 31 == 1))
      if (value == 0) == (word >> 24 & 1 == 0) { pc = here &+ Self.signed(word, from: 5, bits: 19) << 2 }
    case _ where word & 0x7e00_0000 == 0x3600_0000:  // tbz, tbnz
      let value = try jumpTarget(x(word & 31))
      let bit = (word >> 31) << 5 | word >> 19 & 31
      if (value >> UInt64(bit) & 1 == 0) == (word >> 24 & 1 == 0) {
        pc = here &+ Self.signed(word, from: 5, bits: 14) << 2
      }
    case _ where word & 0x3a00_0000 == 0x2800_0000: try pair(word)
    case _ where word & 0x3a00_0000 == 0x3800_0000: try single(word)
    case _ where word & 0xffff_ffe0 == 0xd53b_d040: setX(word & 31, nil)  // mrs, tpidr_el0
    case _ where word & 0xfff8_fc00 == 0x6f00_e400 || word & 0xfff8_fc00 == 0x2f00_e400:  // movi of zero
      vectors[Int(word & 31)] = word & 0x7_03e0 == 0 ? .zero : .unknown
    case _ where word & 0xfff8_fc00 == 0x4f00_e400 || word & 0xfff8_fc00 == 0x4f00_0400:
      vectors[Int(word & 31)] = word & 0x7_03e0 == 0 ? .zero : .unknown
    default: throw .undecided
    }
  }

  private mutating func addImmediate(_ word: UInt32) {
    let wide = word >> 31 == 1
    let value = UInt64(word >> 10 & 0xfff) << (word >> 22 & 1 == 1 ? 12 : 0)
    let (subtracts, setsFlags) = (word >> 30 & 1 == 1, word >> 29 & 1 == 1)
    // Here register 31 is the stack pointer, but not as the target of a comparison.
    let old = flags
    let result = add(registers[Int(word >> 5 & 31)], value, subtracting: subtracts, count: wide ? 8 : 4)
    if setsFlags { setX(word & 31, result, wide: wide) } else { registers[Int(word & 31)] = result }
    if !setsFlags { flags = old }
  }

  private mutating func addRegister(_ word: UInt32) throws(Stop) {
    let wide = word >> 31 == 1
    let (subtracts, setsFlags) = (word >> 30 & 1 == 1, word >> 29 & 1 == 1)
    guard word >> 22 & 3 == 0 else { throw .undecided }
    let old = flags
    let shifted = x(word >> 16 & 31, wide: wide).map { $0 << UInt64(word >> 10 & 63) }
    setX(
      word & 31, add(x(word >> 5 & 31, wide: wide), shifted, subtracting: subtracts, count: wide ? 8 : 4), wide: wide)
    if !setsFlags { flags = old }
  }

  private mutating func moveWide(_ word: UInt32) throws(Stop) {
    let wide = word >> 31 == 1
    let shift = UInt64(word >> 21 & 3) * 16
    let value = UInt64(word >> 5 & 0xffff) << shift
    switch word >> 29 & 3 {
    case 0: setX(word & 31, ~value, wide: wide)
    case 2: setX(word & 31, value, wide: wide)
    case 3: setX(word & 31, x(word & 31).map { $0 & ~(0xffff << shift) | value }, wide: wide)
    default: throw .undecided
    }
  }

  private mutating func logicalImmediate(_ word: UInt32) throws(Stop) {
    let wide = word >> 31 == 1
    guard let mask = Self.bitMask(word, wide: wide) else { throw .undecided }
    let value = x(word >> 5 & 31, wide: wide)
    switch word >> 29 & 3 {
    case 0: setStackOrX(word & 31, value.map { $0 & mask }, wide: wide)
    case 1: setStackOrX(word & 31, value.map { $0 | mask }, wide: wide)
    case 2: setStackOrX(word & 31, value.map { $0 ^ mask }, wide: wide)
    default:
      setX(word & 31, value.map { $0 & mask }, wide: wide)
      setLogicFlags(value.map { $0 & mask }, count: wide ? 8 : 4)
    }
  }

  private mutating func setStackOrX(_ number: UInt32, _ value: UInt64?, wide: Bool) {
    registers[Int(number)] = value.map { wide ? $0 : $0 & 0xffff_ffff }
  }

  /// `DecodeBitMasks` of the Arm architecture reference manual.
  private static func bitMask(_ word: UInt32, wide: Bool) -> UInt64? {
    let (n, rotation, ones) = (word >> 22 & 1, word >> 16 & 63, word >> 10 & 63)
    let combined = n << 6 | (~ones & 63)
    guard combined != 0 else { return nil }
    let size = UInt32(1) << UInt32(31 - combined.leadingZeroBitCount)
    let (s, r) = (ones & (size - 1), rotation & (size - 1))
    guard size >= 2, s != size - 1 else { return nil }
    let element = (UInt64(1) << UInt64(s + 1)) - 1
    let mask: UInt64 = size == 64 ? .max : (1 << UInt64(size)) - 1
    let rotated = r == 0 ? element : (element >> UInt64(r) | element << UInt64(size - r)) & mask
    var result: UInt64 = 0
    for position in stride(from: UInt64(0), to: 64, by: Int(size)) { result |= rotated << position }
    return wide ? result : result & 0xffff_ffff
  }

  private mutating func logicalRegister(_ word: UInt32) throws(Stop) {
    let wide = word >> 31 == 1
    guard word >> 22 & 3 == 0 else { throw .undecided }
    let (a, second) = (x(word >> 5 & 31, wide: wide), x(word >> 16 & 31, wide: wide))
    var b = second.map { $0 << UInt64(word >> 10 & 63) }
    if word >> 21 & 1 == 1 { b = b.map { ~$0 } }
    let result: UInt64?
    switch word >> 29 & 3 {
    case 0, 3: result = a == 0 || b == 0 ? 0 : a.flatMap { a in b.map { a & $0 } }
    case 1: result = a.flatMap { a in b.map { a | $0 } }
    default: result = a.flatMap { a in b.map { a ^ $0 } }
    }
    setX(word & 31, result, wide: wide)
    if word >> 29 & 3 == 3 { setLogicFlags(result, count: wide ? 8 : 4) }
  }

  /// `csel`, `csinc`, `csinv` and `csneg`.
  private mutating func select(_ word: UInt32) throws(Stop) {
    let wide = word >> 31 == 1
    if try holdsARM64(word >> 12 & 15) { return setX(word & 31, x(word >> 5 & 31), wide: wide) }
    var value = x(word >> 16 & 31)
    if word >> 30 & 1 == 1 { value = value.map { ~$0 } }
    if word >> 10 & 1 == 1 { value = value.map { $0 &+ 1 } }
    setX(word & 31, value, wide: wide)
  }

  private func holdsARM64(_ condition: UInt32) throws(Stop) -> Bool {
    guard let flags else { throw .undecided }
    let isMet: Bool
    switch condition >> 1 {
    case 0: isMet = flags.zero
    case 1: isMet = !flags.carry
    case 2: isMet = flags.sign
    case 3: isMet = flags.overflow
    case 4: isMet = !flags.carry && !flags.zero
    case 5: isMet = flags.sign == flags.overflow
    case 6: isMet = !flags.zero && flags.sign == flags.overflow
    default: return true
    }
    return isMet != (condition & 1 == 1)
  }

  /// `ldp` and `stp`.
  private mutating func pair(_ word: UInt32) throws(Stop) {
    let isVector = word >> 26 & 1 == 1
    let kind = word >> 30
    guard isVector ? kind == 2 || kind == 1 : kind != 1 else { throw .undecided }
    let size = isVector ? (kind == 2 ? 16 : 8) : kind == 0 ? 4 : 8
    let offset = Self.signed(word, from: 15, bits: 7) &* UInt64(size)
    let base = Int(word >> 5 & 31)
    let start = registers[base]
    let mode = word >> 23 & 3
    let address = mode == 1 ? start : start.map { $0 &+ offset }
    for (position, register) in [word & 31, word >> 10 & 31].enumerated() {
      transfer(
        register, at: address.map { $0 &+ UInt64(position * size) }, size, isVector: isVector,
        loads: word >> 22 & 1 == 1)
    }
    if mode != 2 { registers[base] = start.map { $0 &+ offset } }
  }

  private mutating func transfer(_ register: UInt32, at address: UInt64?, _ size: Int, isVector: Bool, loads: Bool) {
    guard isVector else {
      if loads { setX(register, load(address, count: size)) } else { store(x(register), at: address, count: size) }
      return
    }
    for half in 0..<(size == 16 ? 2 : 1) {
      let place = address.map { $0 &+ UInt64(half * 8) }
      if loads {
        vectors[Int(register)][half] = load(place, count: min(size, 8))
      } else {
        store(vectors[Int(register)][half], at: place, count: min(size, 8))
      }
    }
    if loads, size < 16 { vectors[Int(register)][1] = 0 }
  }

  /// `ldr` and `str` of one register, with an immediate or a register for the offset.
  private mutating func single(_ word: UInt32) throws(Stop) {
    let isVector = word >> 26 & 1 == 1
    let operation = word >> 22 & 3
    var scale = word >> 30
    if isVector, operation & 2 != 0 {
      guard scale == 0 else { throw .undecided }
      scale = 4
    }
    let base = Int(word >> 5 & 31)
    let start = registers[base]
    var address: UInt64?
    if word >> 24 & 1 == 1 {
      address = start.map { $0 &+ UInt64(word >> 10 & 0xfff) << UInt64(scale) }
    } else if word >> 21 & 1 == 1 {
      guard word >> 10 & 3 == 2, word >> 13 & 7 == 3 else { throw .undecided }
      let index = x(word >> 16 & 31).map { $0 << UInt64(word >> 12 & 1 == 1 ? scale : 0) }
      address = start.flatMap { start in index.map { start &+ $0 } }
    } else {
      let offset = Self.signed(word, from: 12, bits: 9)
      let mode = word >> 10 & 3
      address = mode == 1 ? start : start.map { $0 &+ offset }
      if mode & 1 == 1 { registers[base] = start.map { $0 &+ offset } }
    }
    let size = 1 << Int(scale)
    if isVector || operation < 2 {
      transfer(word & 31, at: address, size, isVector: isVector, loads: isVector ? operation & 1 == 1 : operation == 1)
    } else {
      let value = load(address, count: size).map { Self.signExtended($0, count: size) }
      setX(word & 31, value, wide: operation == 2)
    }
  }
}
