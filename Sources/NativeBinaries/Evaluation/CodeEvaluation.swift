/// Follows code of a mapped and relocated object as far as everything it decides on is a constant of the file.
///
/// Nothing is run: instructions are read and their effect on known registers and memory is worked out. What comes from
/// outside — the result of a library's function, memory that nobody has written — is unknown, and code that branches on it
/// is not followed further. Written for the little code that registers an addon: constructors, and the function that
/// answers with a Node-API version.
struct CodeEvaluation {
  /// What ends the evaluation of a function.
  enum Stop: Error {
    /// Something unknown decides, an instruction is not known here, or it takes too long.
    case undecided
  }

  /// Instructions that are followed for one function, at most.
  private static let longestRun = 1 << 13
  /// Instructions that may still be followed for the whole object: a hostile one may have thousands of endless constructors.
  private var remaining: Int
  var isExhausted: Bool { remaining <= 0 }
  /// A larger file is not copied to be evaluated; in bytes.
  static let largestFile = 1 << 26
  static let stackTop: UInt64 = 0x7fff_ffff_0000
  static let stackByteCount: UInt64 = 1 << 20
  /// The address that stands for an undefined symbol, plus 16 times its index.
  static let externals: UInt64 = 0xe000_0000_0000_0000
  /// Where a function called first returns to.
  static let returnAddress: UInt64 = 0xdead_0000_0000_0000

  let file: ELF.MappedFile
  let symbols: ELF.SymbolTable
  /// Words that relocation gives another content than the file's; `nil` where unknown.
  var relocated: [UInt64: UInt64?] = [:]
  /// What the code has written, by the address of the word.
  var written: [UInt64: Word] = [:]
  /// Calls of functions that are not in the object: the name, and its first argument.
  private(set) var calls: [(name: String, argument: UInt64?)] = []
  /// General registers; `nil` where unknown.
  var registers = [UInt64?](repeating: nil, count: 32)
  var vectors = [Vector](repeating: .unknown, count: 32)
  /// What the last comparison compared: `nil` where unknown.
  var flags: Flags?
  var pc: UInt64 = 0

  struct Flags {
    var zero: Bool
    var sign: Bool
    var carry: Bool
    var overflow: Bool
  }

  /// A vector register.
  struct Vector {
    /// Its two words; `nil` where unknown.
    var low: UInt64?
    var high: UInt64?

    static let unknown = Vector(low: nil, high: nil)
    static let zero = Vector(low: 0, high: 0)

    subscript(half: Int) -> UInt64? {
      get { half == 0 ? low : high }
      set { if half == 0 { low = newValue } else { high = newValue } }
    }
  }

  init(file: ELF.MappedFile, symbols: ELF.SymbolTable, longestEvaluation: Int) {
    self.file = file
    self.symbols = symbols
    remaining = longestEvaluation
  }

  /// What relocation writes: `value`, or the symbol's address plus `value`.
  mutating func relocate(_ address: UInt64, symbol: Int?, plus value: UInt64) {
    guard address & 7 == 0 else { return store(nil, at: address, count: 8) }
    relocated[address] = .some(symbol.map { self.address(of: $0, plus: value) } ?? value)
  }

  /// What relocation makes unknown.
  mutating func forget(_ address: UInt64) { store(nil, at: address, count: 8) }

  private func address(of symbol: Int, plus value: UInt64) -> UInt64? {
    guard symbol < symbols.symbols.count else { return nil }
    let entry = symbols.symbols[symbol]
    if !entry.isUndefined { return entry.value &+ value }
    if entry.isWeak, Self.absent.contains(symbols.name(symbol)) { return 0 }
    if entry.isWeak, symbols.name(symbol) != "__cxa_finalize" { return nil }
    return Self.externals + UInt64(symbol) * 16
  }

  /// Weak symbols in every compiler's start files that no library defines.
  private static let absent: Set<String> = [
    "_ITM_registerTMCloneTable", "_ITM_deregisterTMCloneTable", "__gmon_start__", "_Jv_RegisterClasses",
  ]

  // MARK: Running

  /// Evaluates the function at `address`; its result, `nil` where unknown.
  mutating func call(_ address: UInt64, machine: UInt16) throws(Stop) -> UInt64? {
    registers = Array(repeating: nil, count: 32)
    vectors = Array(repeating: .unknown, count: 32)
    flags = nil
    pc = address
    let isARM = machine == ELF.EM_AARCH64
    if isARM {
      registers[31] = Self.stackTop - 4096
      registers[30] = Self.returnAddress
    } else {
      registers[4] = Self.stackTop - 4096
      push(Self.returnAddress)
    }
    for _ in 0..<min(Self.longestRun, remaining) {
      if pc == Self.returnAddress { return registers[0] }
      remaining -= 1
      if pc >= Self.externals {
        try callExternal(isARM: isARM)
      } else {
        guard file.memory.isExecutable(pc) else { throw .undecided }
        try isARM ? stepARM64() : stepX86()
      }
    }
    throw .undecided
  }

  mutating func push(_ value: UInt64?) {
    registers[4] = registers[4].map { $0 &- 8 }
    store(value, at: registers[4], count: 8)
  }

  mutating func pop() -> UInt64? {
    let value = load(registers[4], count: 8)
    registers[4] = registers[4].map { $0 &+ 8 }
    return value
  }

  func jumpTarget(_ target: UInt64?) throws(Stop) -> UInt64 {
    guard let target else { throw .undecided }
    return target
  }

  /// A function of another object: its result is unknown, and what it may write behind its arguments.
  private mutating func callExternal(isARM: Bool) throws(Stop) {
    guard let symbol = symbol(at: pc) else { throw .undecided }
    let name = symbols.name(symbol)
    let arguments = isARM ? Self.argumentsARM64 : Self.argumentsX86
    calls.append((name, registers[arguments[0]]))
    if Self.endless.contains(name) { throw .undecided }
    if !Self.harmless.contains(name) {
      for argument in arguments {
        if let pointer = registers[argument], Self.isStack(pointer) { store(nil, at: pointer, count: 16) }
      }
    }
    for register in isARM ? Self.volatileARM64 : Self.volatileX86 { registers[register] = nil }
    vectors = Array(repeating: .unknown, count: 32)
    flags = nil
    pc = try jumpTarget(isARM ? registers[30] : pop())
  }

  // Registers that hold arguments, and those that a function may change: the System V ABI, and Arm's.
  private static let argumentsX86 = [7, 6, 2, 1, 8, 9]
  private static let argumentsARM64 = Array(0..<8)
  private static let volatileX86 = [0, 1, 2, 6, 7, 8, 9, 10, 11]
  private static let volatileARM64 = Array(0..<18)
  private static let endless: Set<String> = ["abort", "__stack_chk_fail", "exit", "_exit", "_ZSt9terminatev"]
  private static let harmless: Set<String> = [
    "node_module_register", "napi_module_register", "__cxa_atexit", "atexit", "__cxa_finalize",
  ]

  // MARK: Arithmetic

  static func mask(_ count: Int) -> UInt64 { count >= 8 ? .max : (1 << UInt64(count * 8)) - 1 }

  static func signExtended(_ value: UInt64, count: Int) -> UInt64 {
    let shift = UInt64(64 - count * 8)
    return UInt64(bitPattern: Int64(bitPattern: value << shift) >> Int64(shift))
  }

  /// The flags of a result that neither carried nor overflowed: of `and`, `or`, `xor` and `test`.
  mutating func setLogicFlags(_ value: UInt64?, count: Int) {
    flags = value.map {
      Flags(zero: $0 & Self.mask(count) == 0, sign: $0 >> UInt64(count * 8 - 1) & 1 == 1, carry: false, overflow: false)
    }
  }

  /// `a - b`, or `a + b`, of so many bytes, with their flags as x86-64 has them; arm64's carry is the inverse of a borrow.
  mutating func add(_ a: UInt64?, _ b: UInt64?, subtracting: Bool, count: Int) -> UInt64? {
    guard let a, let b else {
      flags = nil
      return nil
    }
    let mask = Self.mask(count)
    let (x, y) = (a & mask, b & mask)
    let result = (subtracting ? x &- y : x &+ y) & mask
    let top = UInt64(count * 8 - 1)
    let signs = (x >> top & 1, (subtracting ? ~y : y) >> top & 1, result >> top & 1)
    flags = Flags(
      zero: result == 0, sign: signs.2 == 1, carry: subtracting ? x < y : result < x,
      overflow: signs.0 == signs.1 && signs.0 != signs.2)
    return result
  }
}
