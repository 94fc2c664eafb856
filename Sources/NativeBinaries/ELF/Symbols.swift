extension ELF {
  /// The dynamic symbol table.
  public struct SymbolTable: Sendable {
    public init() {}
  }

  /// What the dynamic relocations ask of symbols.
  public struct Relocations: Sendable {
    public init() {}
  }
}
