extension ELF.Image {
  public init(parsing file: RawSpan) { self.init(byteCount: file.byteCount) }
}
