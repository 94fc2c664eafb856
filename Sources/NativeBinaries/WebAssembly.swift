public enum WebAssembly { public struct Module: Sendable { public init(parsing file: RawSpan) {} } }
